import type { Metadata } from "next";
import { Hydrated, pageQueries, requireSession, trpc } from "../../../_lib/server.tsx";
import { activityInput } from "./_components/activity-input.ts";
import { AgentDetail } from "./_components/agent-detail.tsx";

export const metadata: Metadata = { title: "Agent" };

export default async function AgentPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireSession(`/agents/${id}`);
  await Promise.all([
    pageQueries().prefetchQuery(trpc.agents.get.queryOptions({ id })),
    pageQueries().prefetchQuery(trpc.events.list.queryOptions(activityInput(id))),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <AgentDetail id={id} />
    </Hydrated>
  );
}
