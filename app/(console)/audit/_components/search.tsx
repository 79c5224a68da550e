"use client";

import { Search as SearchIcon } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { chainPath } from "../../../_lib/chain-path.ts";
import { Button } from "../../../_ui/button.tsx";
import { PageHead } from "../../_components/page-head.tsx";

/** Finds the chain of a correlation id. */
export function Search({ correlationId }: { correlationId: string }) {
  const router = useRouter();
  const [text, setText] = useState(correlationId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    router.push(wanted ? chainPath(wanted) : "/audit");
  };
  return (
    <>
      <PageHead title="Audit">
        Follow one workflow across all channels, from its first cause to its last effect.
      </PageHead>
      <search>
        <form onSubmit={submit} className="mb-5 flex flex-wrap gap-2">
          <div className="flex h-9 min-w-0 flex-1 basis-64 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 focus-within:outline-2 focus-within:outline-accent focus-within:outline-offset-1">
            <SearchIcon className="size-4 shrink-0 text-muted" aria-hidden />
            <input
              aria-label="Correlation id"
              placeholder="Correlation id"
              className="h-full w-full min-w-0 bg-transparent font-mono text-[0.8125rem] outline-none placeholder:text-muted"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={128}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Button type="submit">Show chain</Button>
          {correlationId ? (
            <Button asChild variant="ghost">
              <Link href="/audit">All events</Link>
            </Button>
          ) : null}
        </form>
      </search>
    </>
  );
}
