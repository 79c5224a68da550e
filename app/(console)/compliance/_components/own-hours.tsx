"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { DAYS, MOST_CALLS, MOST_TEXTS } from "#server/domain/phone/rules/limits.ts";
import type { CallingRules } from "#server/domain/phone/rules/schemas.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useWriteRefusal } from "../../../_lib/write-access.ts";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { useChanged } from "./use-changed.ts";

type Day = (typeof DAYS)[number];
type Rules = Pick<CallingRules, "hours" | "callsPerDay" | "textsPerDay">;

// As a week is written; DAYS begins with Sunday, as clocks count.
const WEEK: Day[] = [...DAYS.slice(1), "sunday"];
const DEFAULT_WINDOW = { from: "09:00", to: "18:00" };

const LIMITS = [
  { name: "callsPerDay", title: "Calls to one number in 24 hours", most: MOST_CALLS },
  { name: "textsPerDay", title: "Texts to one number in 24 hours", most: MOST_TEXTS },
] as const;

/** The organisation's own rules, which only narrow the law's. */
export function OwnHours() {
  const trpc = useTRPC();
  const id = useId();
  const rules = useQuery(trpc.compliance.rules.queryOptions());
  return (
    <section aria-labelledby={id} className="mt-8">
      <h2 id={id} className="mb-1 font-semibold">
        Your own rules
      </h2>
      <p className="mb-3 max-w-3xl text-[0.8125rem] text-muted">
        By the clock of the called person, for calls and texts. They only narrow what the law allows: a wider window is
        cut to it.
      </p>
      {rules.isError ? <ErrorNote error={errorOf(rules.error)} onRetry={() => rules.refetch()} /> : null}
      {rules.data ? <RulesForm saved={rules.data} /> : null}
    </section>
  );
}

function RulesForm({ saved }: { saved: Rules }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const toast = useToast();
  const readOnly = useWriteRefusal() !== null;
  const [draft, setDraft] = useState<Rules | null>(null);
  const save = useMutation(
    trpc.compliance.setRules.mutationOptions({
      onSuccess: async () => {
        await changed();
        setDraft(null);
        toast({ text: "Your rules hold from now on", tone: "good" });
      },
    }),
  );
  const { hours, callsPerDay, textsPerDay } = draft ?? saved;
  const error = save.isError ? errorOf(save.error) : null;
  const isOfField = [...DAYS.map((day) => `hours.${day}`), "callsPerDay", "textsPerDay"].some((name) =>
    fieldError(error, name),
  );
  const change = (patch: Partial<Rules>) => setDraft({ hours, callsPerDay, textsPerDay, ...patch });
  const setDay = (day: Day, window: DayWindow) => {
    const { [day]: _before, ...others } = hours;
    change({ hours: window === undefined ? others : { ...others, [day]: window } });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ hours, callsPerDay, textsPerDay });
  };
  return (
    <form onSubmit={submit} className="rounded-lg border border-line bg-surface">
      <fieldset disabled={readOnly}>
        <legend className="sr-only">Hours by day</legend>
        {WEEK.map((day) => (
          <DayRow
            key={day}
            day={day}
            window={hours[day]}
            error={fieldError(error, `hours.${day}`)}
            onChange={(window) => setDay(day, window)}
          />
        ))}
      </fieldset>
      <fieldset disabled={readOnly} className="flex flex-wrap gap-x-8 gap-y-3 border-line border-t px-4 py-3">
        <legend className="sr-only">How often</legend>
        {LIMITS.map(({ name, title, most }) => (
          <label key={name} className="flex items-center gap-2">
            {title}
            <select
              value={{ callsPerDay, textsPerDay }[name]}
              onChange={(event) => change({ [name]: Number(event.target.value) })}
              className="h-8 rounded-md border border-line-strong bg-surface px-2 tabular-nums"
            >
              {Array.from({ length: most + 1 }, (_, count) => most - count).map((count) => (
                <option key={count} value={count}>
                  {count === most ? `${count}, the most` : count === 0 ? "none" : count}
                </option>
              ))}
            </select>
          </label>
        ))}
      </fieldset>
      {error && !isOfField ? (
        <div className="px-4 pb-3">
          <ErrorNote error={error} />
        </div>
      ) : null}
      <div className="flex gap-2 border-line border-t px-4 py-3">
        <WriteButton type="submit" variant="primary" disabled={draft === null || save.isPending}>
          {save.isPending ? "Saving…" : "Save rules"}
        </WriteButton>
        {draft === null ? null : <Button onClick={() => setDraft(null)}>Discard changes</Button>}
      </div>
    </form>
  );
}

/** Absent: as the law says; null: not at all. */
type DayWindow = { from: string; to: string } | null | undefined;

const MODES = [
  ["law", "As the law says"],
  ["window", "Only between"],
  ["never", "Not at all"],
] as const;

const WINDOW_OF = { law: undefined, never: null, window: DEFAULT_WINDOW };

type DayRowProps = {
  day: Day;
  window: DayWindow;
  error: string | undefined;
  onChange: (window: DayWindow) => void;
};

function DayRow({ day, window, error, onChange }: DayRowProps) {
  const id = useId();
  const name = day.charAt(0).toUpperCase() + day.slice(1);
  const mode = window === undefined ? "law" : window === null ? "never" : "window";
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1.5 last:border-b-0">
      <label htmlFor={id} className="w-24 font-medium">
        {name}
      </label>
      <select
        id={id}
        value={mode}
        onChange={(event) => onChange(WINDOW_OF[event.target.value as keyof typeof WINDOW_OF])}
        className="h-8 rounded-md border border-line-strong bg-surface px-2 text-[0.8125rem]"
      >
        {MODES.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {window ? (
        <span className="flex items-center gap-2 text-[0.8125rem]">
          <TimeOfDay
            label={`${name} from`}
            time={window.from}
            isBad={error !== undefined}
            onChange={(from) => onChange({ ...window, from })}
          />
          and
          <TimeOfDay
            label={`${name} to`}
            time={window.to}
            isBad={error !== undefined}
            onChange={(to) => onChange({ ...window, to })}
          />
        </span>
      ) : null}
      {error ? (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {name} {error}
        </p>
      ) : null}
    </div>
  );
}

type TimeOfDayProps = { label: string; time: string; isBad: boolean; onChange: (time: string) => void };

// Text, not a time field: a window may last until 24:00, which that does not know.
function TimeOfDay({ label, time, isBad, onChange }: TimeOfDayProps) {
  return (
    <input
      type="text"
      inputMode="numeric"
      required
      autoComplete="off"
      maxLength={5}
      pattern="([01][0-9]|2[0-4]):[0-5][0-9]"
      placeholder="09:00"
      aria-label={label}
      aria-invalid={isBad ? true : undefined}
      value={time}
      onChange={(event) => onChange(event.target.value)}
      className="h-8 w-16 rounded-md border border-line-strong bg-surface px-2 text-center font-mono tabular-nums"
    />
  );
}
