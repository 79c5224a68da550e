"use client";

import { Search } from "lucide-react";
import type { FormEvent } from "react";
import { useTimeZone } from "../../../_lib/time.tsx";
import { useGo } from "../../../_lib/use-go.ts";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { EventChoices } from "../../_components/events/event-choices.tsx";
import { EVERYTHING, type EventSearch, isNarrowed, pathOf } from "../../_components/events/search.ts";
import { useSearch } from "../../_components/events/use-search.ts";
import { instantOf, TimeField } from "../../_components/time-field.tsx";

/** What the log is searched by. What is chosen counts at once, what is typed when it is sent. */
export function SearchForm({ isChain }: { isChain: boolean }) {
  const go = useGo();
  const [search, change] = useSearch();
  const timeZone = useTimeZone();

  // A correlation id opens or leaves a chain, which is drawn by the server.
  const narrow = (changed: Partial<EventSearch>) =>
    search.correlation ? go(pathOf("/audit", { ...search, ...changed })) : change(changed);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => String(fields.get(name) ?? "").trim() || null;
    const typed = {
      request: text("request"),
      name: text("name"),
      after: instantOf(fields.get("after"), timeZone),
      before: instantOf(fields.get("before"), timeZone),
    };
    const correlation = text("correlation");
    const wanted: EventSearch = isChain ? { ...EVERYTHING, correlation } : { ...search, ...typed, correlation };
    if (isChain || correlation !== search.correlation) go(pathOf("/audit", wanted));
    else change(typed);
  };

  return (
    <search>
      <form onSubmit={submit} className="mb-3 grid gap-2">
        <div className="flex flex-wrap gap-2">
          <div className="flex h-9 min-w-0 flex-1 basis-64 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 focus-within:outline-2 focus-within:outline-accent focus-within:outline-offset-1">
            <Search className="size-4 shrink-0 text-muted" aria-hidden />
            <TextInput label="Correlation id" name="correlation" value={search.correlation} maxLength={128} bare />
          </div>
          {isChain ? null : (
            <>
              <TextInput label="Request id" name="request" value={search.request} maxLength={64} />
              <TextInput label="Event" name="name" value={search.name} maxLength={100} />
            </>
          )}
          <Button type="submit">Search</Button>
          {isNarrowed(search) ? (
            <Button asChild variant="ghost">
              <Link href="/audit">All events</Link>
            </Button>
          ) : null}
        </div>
        {isChain ? null : (
          <div className="flex flex-wrap items-center gap-2">
            <EventChoices search={search} onChange={narrow} />
            <TimeField label="After" name="after" instant={search.after} />
            <TimeField label="Before" name="before" instant={search.before} />
            <Spans onChoose={(after) => narrow({ after, before: null })} />
          </div>
        )}
      </form>
    </search>
  );
}

const SPANS = [
  ["1 h", "The last 1 hour", 3_600_000],
  ["24 h", "The last 24 hours", 86_400_000],
  ["7 d", "The last 7 days", 604_800_000],
] as const;

/** The usual ranges of time, up to now. */
function Spans({ onChoose }: { onChoose: (after: string) => void }) {
  return (
    <div className="flex gap-2">
      {SPANS.map(([text, label, ms]) => (
        <Button
          key={text}
          size="sm"
          aria-label={label}
          onClick={() => onChoose(new Date(Date.now() - ms).toISOString())}
        >
          {text}
        </Button>
      ))}
    </div>
  );
}

type TextInputProps = { label: string; name: string; value: string | null; maxLength: number; bare?: boolean };

function TextInput({ label, name, value, maxLength, bare = false }: TextInputProps) {
  return (
    <input
      // Uncontrolled: it counts when the form is sent. Back fills it anew.
      key={value}
      name={name}
      aria-label={label}
      placeholder={label}
      maxLength={maxLength}
      autoComplete="off"
      spellCheck={false}
      defaultValue={value ?? ""}
      className={
        bare
          ? "h-full w-full min-w-0 bg-transparent font-mono text-[0.8125rem] outline-none placeholder:text-muted"
          : "h-9 min-w-0 flex-1 basis-36 rounded-md border border-line-strong bg-surface px-2.5 font-mono text-[0.8125rem] placeholder:text-muted sm:max-w-60"
      }
    />
  );
}
