import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { NumbersPage } from "./_components/numbers-page.tsx";
import { numbersView } from "./_components/numbers-view.ts";

export const metadata: Metadata = { title: "Numbers" };

const loadView = createLoader(numbersView);
const pathOf = createSerializer(numbersView);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/numbers", view));
  const queries = pageQueries();
  await Promise.all([
    queries.prefetchQuery(trpc.numbers.overview.queryOptions()),
    queries.prefetchQuery(trpc.billing.usage.queryOptions({})),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <NumbersPage />
    </Hydrated>
  );
}
