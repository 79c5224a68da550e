import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { listInput, textsParams, textsPath } from "./_components/params.ts";
import { TextsPage } from "./_components/texts-page.tsx";

export const metadata: Metadata = { title: "Texts" };

const readParams = createLoader(textsParams);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await readParams(searchParams);
  await requireSession(textsPath(params));
  const queries = pageQueries();
  await Promise.all([
    queries.prefetchInfiniteQuery(trpc.texts.list.infiniteQueryOptions(listInput(params), nextPage)),
    queries.prefetchQuery(trpc.numbers.overview.queryOptions()),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
    queries.prefetchQuery(trpc.billing.usage.queryOptions({})),
    ...(params.thread === null ? [] : [queries.prefetchQuery(trpc.texts.thread.queryOptions({ id: params.thread }))]),
  ]);
  return (
    <Hydrated>
      <TextsPage />
    </Hydrated>
  );
}
