import type { Metadata } from "next";
import { Hydrated, pageQueries, requireSession, trpc } from "../../../_lib/server.tsx";
import { NAMED_AGENTS } from "../../_components/named-agents.ts";
import { isRunning } from "../_components/call-words.ts";
import { CallDetail } from "./_components/call-detail.tsx";
import { timelineInput } from "./_components/timeline-input.ts";

export const metadata: Metadata = { title: "Call" };

export default async function CallPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireSession(`/calls/${id}`);
  const queries = pageQueries();
  const read = trpc.calls.read.queryOptions({ id });
  await Promise.all([
    queries.prefetchQuery(read),
    queries.prefetchQuery(trpc.calls.transcript.queryOptions({ id })),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  const call = queries.getQueryData(read.queryKey);
  if (call) {
    await Promise.all([
      queries.prefetchQuery(trpc.events.list.queryOptions(timelineInput(call))),
      ...(isRunning(call) ? [] : [queries.prefetchQuery(trpc.calls.summary.queryOptions({ id }))]),
    ]);
  }
  return (
    <Hydrated>
      <CallDetail id={id} />
    </Hydrated>
  );
}
