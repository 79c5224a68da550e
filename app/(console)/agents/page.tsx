import type { Metadata } from "next";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { AgentList } from "./_components/agent-list.tsx";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage() {
  await requireSession("/agents");
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(
      trpc.agents.list.infiniteQueryOptions({ limit: 50 }, { getNextPageParam: (page) => page.pagination.nextCursor }),
    ),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <AgentList />
    </Hydrated>
  );
}
