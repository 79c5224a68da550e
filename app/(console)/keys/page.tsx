import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { KeysPage } from "./_components/keys-page.tsx";
import { keysInput, keysView } from "./_components/keys-view.ts";

export const metadata: Metadata = { title: "Keys" };

const loadView = createLoader(keysView);
const pathOf = createSerializer(keysView);

export default async function Keys({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/keys", view));
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(trpc.keys.list.infiniteQueryOptions(keysInput(view), nextPage)),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <KeysPage />
    </Hydrated>
  );
}
