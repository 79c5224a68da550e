import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { Caps } from "./_components/caps.tsx";
import { capsView, ofAgent } from "./_components/caps-view.ts";

export const metadata: Metadata = { title: "Caps" };

type Props = { searchParams: Promise<SearchParams> };

const loadView = createLoader(capsView);
const pathOf = createSerializer(capsView);

export default async function CapsPage({ searchParams }: Props) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/caps", view));
  const queries = pageQueries();
  const ofOneAgent = (id: string) => [
    queries.prefetchQuery(trpc.billing.agentHardCap.queryOptions({ id })),
    queries.prefetchQuery(trpc.agents.get.queryOptions({ id })),
  ];
  await Promise.all([
    queries.prefetchQuery(trpc.billing.state.queryOptions()),
    queries.prefetchInfiniteQuery(trpc.billing.capChanges.infiniteQueryOptions(ofAgent(view.agent), nextPage)),
    queries.prefetchInfiniteQuery(trpc.billing.reservations.infiniteQueryOptions(ofAgent(view.agent), nextPage)),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
    ...(view.agent === null ? [] : ofOneAgent(view.agent)),
  ]);
  return (
    <Hydrated>
      <Caps />
    </Hydrated>
  );
}
