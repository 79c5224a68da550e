import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../../_lib/server.tsx";
import { keysInput } from "../../keys/_components/keys-view.ts";
import { AgentDetail } from "./_components/agent-detail.tsx";
import { activityInput, agentPageView } from "./_components/agent-page-view.ts";

export const metadata: Metadata = { title: "Agent" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

const loadView = createLoader(agentPageView);
const pathOf = createSerializer(agentPageView);

export default async function AgentPage({ params, searchParams }: Props) {
  const { id } = await params;
  const view = await loadView(searchParams);
  await requireSession(pathOf(`/agents/${id}`, view));
  const queries = pageQueries();
  const ofTab = {
    readiness: () => undefined,
    activity: () => queries.prefetchInfiniteQuery(trpc.events.list.infiniteQueryOptions(activityInput(id), nextPage)),
    keys: () => queries.prefetchInfiniteQuery(trpc.keys.list.infiniteQueryOptions(keysInput(view, id), nextPage)),
    policy: () => queries.prefetchQuery(trpc.agents.policy.queryOptions({ id })),
  };
  await Promise.all([
    queries.prefetchQuery(trpc.agents.get.queryOptions({ id })),
    queries.prefetchQuery(trpc.server.status.queryOptions()),
    ofTab[view.tab](),
  ]);
  return (
    <Hydrated>
      <AgentDetail id={id} />
    </Hydrated>
  );
}
