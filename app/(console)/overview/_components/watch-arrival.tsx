"use client";

import { useQuery } from "@tanstack/react-query";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { duration } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { eventDetail } from "../../_components/event-detail.ts";
import { EventName } from "../../_components/event-name.tsx";

/** The chain of a mail as it grows, until the mail is where it should be or has to wait. */
export function WatchArrival({ sent, onDone }: { sent: MailSummary; onDone: () => void }) {
  const trpc = useTRPC();
  const input = { correlationId: sent.correlationId, limit: 50 };
  const chain = useQuery(trpc.events.list.queryOptions(input, { staleTime: 0 }));
  useRefresh(trpc.events.list.queryFilter(input), ({ correlationId }) => correlationId === sent.correlationId);
  const events = chain.data?.items ?? [];
  const [first] = events;
  const received = events.find(({ event }) => event === "email.received");
  const begun = Date.parse(first?.ts ?? sent.createdAt);
  return (
    <div className="grid gap-3">
      {chain.isError ? <ErrorNote error={errorOf(chain.error)} onRetry={() => chain.refetch()} /> : null}
      <ol aria-label="What happened to the mail" className="grid gap-1">
        {events.map((event) => (
          <li key={event.id} className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-baseline gap-x-3">
            <span className="text-right font-mono text-[0.75rem] text-muted tabular-nums">
              +{duration(Date.parse(event.ts) - begun)}
            </span>
            <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <EventName event={event} />
              <span className="min-w-0 break-words text-[0.8125rem] text-muted">{eventDetail(event)}</span>
            </span>
          </li>
        ))}
      </ol>
      <p role="status" className="font-medium">
        {outcomeOf(sent, received !== undefined)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onDone}>
          Show the overview
        </Button>
        <Button asChild>
          <Link href={chainPath(sent.correlationId)}>Open its chain</Link>
        </Button>
      </div>
    </div>
  );
}

function outcomeOf(sent: MailSummary, isReceived: boolean): string {
  if (isReceived) return "It has arrived.";
  if (sent.statusReason === "NO_RELAY") return "It waits in the outbox: no mail relay is configured.";
  return "On its way…";
}
