"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { ErrorNote } from "../../../_ui/states.tsx";
import { NAMED_AGENTS } from "../../_components/named-agents.ts";
import { PageHead } from "../../_components/page-head.tsx";
import { CreateAgentSheet } from "../../agents/_components/create-agent-sheet.tsx";
import { FirstMail } from "./first-mail.tsx";
import { WatchArrival } from "./watch-arrival.tsx";

/** Three steps from nothing to a mail that arrived. @param onDone when whoever takes them wants to see the overview */
export function Start({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const agents = useQuery(trpc.agents.list.queryOptions(NAMED_AGENTS));
  useRefresh(trpc.agents.list.queryFilter(NAMED_AGENTS), ({ channel }) => channel === "agent");
  const [isCreating, setCreating] = useState(false);
  const [sent, setSent] = useState<MailSummary | null>(null);
  const senders = agents.data?.items.flatMap(({ id, name, status, emailIdentities: [identity] }) =>
    identity && status === "ACTIVE" ? [{ id, name, email: identity.email }] : [],
  );
  const [newest] = senders ?? [];
  const skip = (
    <Button size="sm" onClick={onDone}>
      Skip to the overview
    </Button>
  );
  return (
    <>
      <PageHead title="Overview" action={sent ? undefined : skip}>
        Three steps from nothing to a mail that arrived.
      </PageHead>
      {agents.isError ? <ErrorNote error={errorOf(agents.error)} onRetry={() => agents.refetch()} /> : null}
      <ol className="grid max-w-3xl gap-3">
        <Step number={1} title="Create an agent" isDone={newest !== undefined} isNow={newest === undefined}>
          {newest ? (
            <p className="text-muted">
              {newest.name} has the address <span className="break-all font-mono text-ink">{newest.email}</span>.
            </p>
          ) : (
            <>
              <p className="mb-3 text-muted">It gets a mail address and a key of its own, with which its code acts.</p>
              <Button variant="primary" onClick={() => setCreating(true)}>
                <Plus aria-hidden /> Create agent
              </Button>
            </>
          )}
        </Step>
        <Step number={2} title="Send a mail" isDone={sent !== null} isNow={newest !== undefined && sent === null}>
          {newest && senders && !sent ? <FirstMail key={newest.id} senders={senders} onSent={setSent} /> : null}
          {sent ? (
            <p className="text-muted">
              “{sent.subject}” to <span className="break-all font-mono text-ink">{sent.toAddress}</span> was accepted.
            </p>
          ) : null}
          {newest ? null : <p className="text-muted">As the agent, to another one or to itself. No relay is needed.</p>}
        </Step>
        <Step number={3} title="Watch it arrive" isDone={false} isNow={sent !== null}>
          {sent ? (
            <WatchArrival sent={sent} onDone={onDone} />
          ) : (
            <p className="text-muted">Each of its steps is an event on the log, seen here the moment it happens.</p>
          )}
        </Step>
      </ol>
      <CreateAgentSheet open={isCreating} onOpenChange={setCreating} />
    </>
  );
}

type StepProps = { number: number; title: string; isDone: boolean; isNow: boolean; children: ReactNode };

function Step({ number, title, isDone, isNow, children }: StepProps) {
  return (
    <li
      aria-current={isNow ? "step" : undefined}
      className={cn(
        "grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 rounded-lg border bg-surface p-4",
        isNow ? "border-line-strong" : "border-line",
      )}
    >
      <span
        aria-hidden
        className={cn(
          "grid size-6 place-items-center rounded-full font-mono text-[0.75rem]",
          isDone ? "bg-accent-soft text-accent" : isNow ? "bg-accent-fill text-accent-ink" : "bg-raised text-muted",
        )}
      >
        {isDone ? <Check className="size-3.5" /> : number}
      </span>
      <div className="min-w-0">
        <h2 className="mb-1 font-semibold leading-6">
          {title}
          {isDone ? <span className="sr-only"> (done)</span> : null}
        </h2>
        {children}
      </div>
    </li>
  );
}
