import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { AgentList } from "./_components/agent-list.tsx";
import { agentsInput, agentsView } from "./_components/agents-view.ts";

export const metadata: Metadata = { title: "Agents" };

const loadView = createLoader(agentsView);
const pathOf = createSerializer(agentsView);

export default async function AgentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/agents", view));
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(trpc.agents.list.infiniteQueryOptions(agentsInput(view), nextPage)),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <AgentList />
    </Hydrated>
  );
}
