import type { Metadata } from "next";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { AgentList } from "./_components/agent-list.tsx";
import { agentsInput } from "./_components/agents-input.ts";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage() {
  await requireSession("/agents");
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(trpc.agents.list.infiniteQueryOptions(agentsInput, nextPage)),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <AgentList />
    </Hydrated>
  );
}
