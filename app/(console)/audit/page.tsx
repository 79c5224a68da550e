import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { chainPath } from "../../_lib/chain-path.ts";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { isNarrowed, loadSearch, pathOf } from "../_components/events/search.ts";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { PageHead } from "../_components/page-head.tsx";
import { Chain, Results } from "./_components/answers.tsx";
import { chainInput, resultsInput } from "./_components/inputs.ts";
import { SearchForm } from "./_components/search-form.tsx";

export const metadata: Metadata = { title: "Audit" };

/** The log: what fits a search, newest first; a correlation id alone shows its chain. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const search = await loadSearch(searchParams);
  const { event, view } = await searchParams;
  const correlationId = search.correlation?.trim() ?? "";
  const isChain = correlationId !== "" && !isNarrowed({ ...search, correlation: null });
  const eventId = isChain && typeof event === "string" ? event : null;
  const form = typeof view === "string" ? view : null;
  await requireSession(isChain ? chainPath(correlationId, eventId, form) : pathOf("/audit", search));
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(
      trpc.events.list.infiniteQueryOptions(isChain ? chainInput(correlationId) : resultsInput(search), nextPage),
    ),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
    eventId ? pageQueries().prefetchQuery(trpc.events.leaf.queryOptions({ id: eventId })) : null,
  ]);
  return (
    <Hydrated>
      <PageHead title="Audit">
        Everything that was done or refused. A correlation id shows one workflow across all channels.
      </PageHead>
      <SearchForm isChain={isChain} />
      {isChain ? <Chain key={correlationId} correlationId={correlationId} /> : <Results />}
    </Hydrated>
  );
}
