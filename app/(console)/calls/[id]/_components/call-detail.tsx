"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import dynamic from "next/dynamic";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { patient } from "../../../../_lib/reachability.ts";
import { May } from "../../../../_lib/session.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Badge } from "../../../../_ui/badge.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { PageHead } from "../../../_components/page-head.tsx";
import { useAgentNames } from "../../../_components/use-agent-names.ts";
import { CallLength } from "../../_components/call-length.tsx";
import { CallState } from "../../_components/call-state.tsx";
import { isRunning, personOf, reasonOf } from "../../_components/call-words.ts";
import { Facts } from "./facts.tsx";
import { HangUp } from "./hang-up.tsx";
import { Summary } from "./summary.tsx";
import { Timeline } from "./timeline.tsx";
import { Transcript } from "./transcript.tsx";
import { useCallLive } from "./use-call-live.ts";

// Only where the carrier is the sandbox.
const PlayPerson = dynamic(patient(() => import("./play-person.tsx").then((module) => module.PlayPerson)));

export function CallDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const call = useQuery(trpc.calls.read.queryOptions({ id }));
  useCallLive(id);
  return (
    <>
      <Link
        href="/calls"
        className="mb-2 inline-flex items-center gap-1 rounded text-[0.8125rem] text-muted hover:text-ink"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Calls
      </Link>
      {call.isPending ? <SkeletonRows rows={6} what="the call" /> : null}
      {call.isError ? <ErrorNote error={errorOf(call.error)} onRetry={() => call.refetch()} /> : null}
      {call.isSuccess ? <Loaded call={call.data} /> : null}
    </>
  );
}

function Loaded({ call }: { call: CallFacts }) {
  const nameOf = useAgentNames();
  const running = isRunning(call);
  const title = `Call ${call.direction === "INBOUND" ? "from" : "to"} ${personOf(call)}`;
  return (
    <>
      <PageHead
        title={title}
        action={
          running ? (
            <May effect="write">
              <HangUp call={call} />
            </May>
          ) : null
        }
      >
        <p role="status" aria-label="State of the call" className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <CallState call={call} />
          {call.onHold ? <Badge tone="warn">on hold</Badge> : null}
          <span>{running && call.isEnding ? "hanging up…" : reasonOf(call)}</span>
        </p>
        <p className="text-[0.8125rem]">
          {nameOf(call.agentId)} · <CallLength call={call} />
        </p>
      </PageHead>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 content-start gap-6">
          <Transcript call={call} agentName={nameOf(call.agentId)} />
          {running && call.carrier === "sandbox" ? <PlayPerson call={call} /> : null}
          {running ? null : <Summary call={call} />}
        </div>
        <div className="grid min-w-0 content-start gap-6">
          <Facts call={call} agentName={nameOf(call.agentId)} />
          <Timeline call={call} />
        </div>
      </div>
    </>
  );
}
