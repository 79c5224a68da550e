"use client";

import { useQuery } from "@tanstack/react-query";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import type { TranscriptSegment } from "#server/domain/calls/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { lengthText } from "../../../../_lib/numbers.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { cn } from "../../../../_ui/cn.ts";
import { ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { Panel } from "../../../overview/_components/panel.tsx";
import { isRunning } from "../../_components/call-words.ts";

/** What is said, as it is said. */
export function Transcript({ call, agentName }: { call: CallFacts; agentName: string }) {
  const trpc = useTRPC();
  const transcript = useQuery(trpc.calls.transcript.queryOptions({ id: call.id }));
  const segments = transcript.data?.segments ?? [];
  return (
    <Panel title="Transcript">
      {transcript.isPending ? <SkeletonRows rows={3} what="the transcript" /> : null}
      {transcript.isError ? <ErrorNote error={errorOf(transcript.error)} onRetry={() => transcript.refetch()} /> : null}
      {transcript.isSuccess && segments.length === 0 ? (
        <p className="rounded-lg border border-dashed border-line-strong/50 px-4 py-8 text-center text-muted">
          {whyNothing(call)}
        </p>
      ) : null}
      <ol
        aria-label="Transcript"
        aria-live="polite"
        className={cn("grid gap-3 rounded-lg border border-line bg-surface p-4", segments.length === 0 && "sr-only")}
      >
        {segments.map((segment, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is said stays where it stands; new words come after it
          <Said key={index} segment={segment} speaker={speakerOf(segment, call, agentName)} />
        ))}
      </ol>
    </Panel>
  );
}

function whyNothing(call: CallFacts): string {
  if (!isRunning(call)) return "Nothing was said.";
  if (call.answeredAt === null) return "Nobody has answered yet.";
  return "Nothing was said yet. Words appear here as they are spoken.";
}

function speakerOf({ speaker }: TranscriptSegment, { answeredBy }: CallFacts, agentName: string): string {
  if (speaker === "agent") return agentName;
  return answeredBy === "machine" ? "Machine" : "Person";
}

function Said({ segment, speaker }: { segment: TranscriptSegment; speaker: string }) {
  return (
    <li className="grid grid-cols-[3rem_minmax(0,1fr)] gap-2">
      <span className="text-right font-mono text-[0.75rem] text-muted leading-5 tabular-nums">
        {lengthText(segment.startTime)}
      </span>
      <div>
        <p className={cn("text-[0.75rem] font-medium", segment.speaker === "agent" ? "text-accent" : "text-muted")}>
          {speaker}
        </p>
        <p className={cn("break-words", !segment.isFinal && "text-muted italic")}>
          {segment.text}
          {segment.isFinal ? null : "…"}
        </p>
      </div>
    </li>
  );
}
