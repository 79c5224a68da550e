import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { CallList } from "./_components/call-list.tsx";
import { callsInput, callsView, isNumber, saidInput } from "./_components/calls-view.ts";

export const metadata: Metadata = { title: "Calls" };

const loadView = createLoader(callsView);
const pathOf = createSerializer(callsView);

export default async function CallsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/calls", view));
  const queries = pageQueries();
  await Promise.all([
    view.q === "" || isNumber(view.q)
      ? queries.prefetchInfiniteQuery(trpc.calls.list.infiniteQueryOptions(callsInput(view), nextPage))
      : queries.prefetchQuery(trpc.calls.search.queryOptions(saidInput(view))),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
    queries.prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <CallList />
    </Hydrated>
  );
}
