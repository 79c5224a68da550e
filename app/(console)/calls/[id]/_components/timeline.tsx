"use client";

import { useQuery } from "@tanstack/react-query";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../../../_lib/chain-path.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { lengthText } from "../../../../_lib/numbers.ts";
import { Time } from "../../../../_lib/time.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { Panel } from "../../../overview/_components/panel.tsx";
import { timelineInput } from "./timeline-input.ts";

const WORDS: Record<string, string> = {
  "voice.call.queued": "Accepted",
  "voice.call.received": "Came in",
  "voice.call.ringing": "Rings",
  "voice.call.accepted": "Taken by the agent",
  "voice.call.answered": "Answered",
  "voice.call.held": "Put on hold",
  "voice.call.resumed": "Taken up again",
  "voice.call.stop_heard": "They may not want to be called",
  "voice.call.stop_dismissed": "Read by somebody, who let it be",
  "voice.call.hangup_requested": "Hang-up asked for",
  "voice.call.ended": "Ended",
};

/** What became of a call, step by step, with how long after the first each was. */
export function Timeline({ call }: { call: CallFacts }) {
  const trpc = useTRPC();
  const events = useQuery(trpc.events.list.queryOptions(timelineInput(call)));
  const own = events.data?.items.filter(({ resourceId }) => resourceId === call.id) ?? [];
  return (
    <Panel title="Timeline">
      {events.isPending ? <SkeletonRows rows={3} what="the timeline" /> : null}
      {events.isError ? <ErrorNote error={errorOf(events.error)} onRetry={() => events.refetch()} /> : null}
      {own.length > 0 ? (
        <ol aria-label="Timeline" className="grid gap-2 rounded-lg border border-line bg-surface p-4">
          {own.map((event) => (
            <Step key={event.id} event={event} since={own[0]?.ts ?? event.ts} />
          ))}
        </ol>
      ) : null}
    </Panel>
  );
}

function Step({ event, since }: { event: AuditEvent; since: string }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-2 text-[0.8125rem]">
      <Link href={chainPath(event.correlationId, event.id)} className="hover:underline">
        {WORDS[event.event] ?? event.event}
      </Link>
      <span className="font-mono text-[0.75rem] text-muted">
        +{lengthText((Date.parse(event.ts) - Date.parse(since)) / 1_000)} <Time at={event.ts} format="clock" />
      </span>
    </li>
  );
}
