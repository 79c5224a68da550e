import type { Metadata } from "next";
import { createLoader, createSerializer, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageContext, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { Compliance } from "./_components/compliance.tsx";
import { complianceView, hoursInput, LIST, numbersInput, refusalsInput } from "./_components/compliance-view.ts";

export const metadata: Metadata = { title: "Compliance" };

type Props = { searchParams: Promise<SearchParams> };

const loadView = createLoader(complianceView);
const pathOf = createSerializer(complianceView);

export default async function CompliancePage({ searchParams }: Props) {
  const view = await loadView(searchParams);
  await requireSession(pathOf("/compliance", view));
  const { carrier } = (await pageContext()).services.config;
  const queries = pageQueries();
  const { compliance } = trpc;
  const numbers = numbersInput(view);
  const ofTab = {
    consents: () => [queries.prefetchInfiniteQuery(compliance.consents.infiniteQueryOptions(numbers, nextPage))],
    "do-not-call": () => [queries.prefetchInfiniteQuery(compliance.doNotCall.infiniteQueryOptions(numbers, nextPage))],
    "opt-outs": () => [
      queries.prefetchInfiniteQuery(compliance.optOuts.infiniteQueryOptions(numbers, nextPage)),
      queries.prefetchInfiniteQuery(compliance.stopHeard.infiniteQueryOptions(LIST, nextPage)),
    ],
    hours: () => [
      queries.prefetchQuery(compliance.hours.queryOptions(hoursInput(view))),
      queries.prefetchQuery(compliance.rules.queryOptions()),
    ],
    refusals: () => [
      queries.prefetchInfiniteQuery(compliance.refusals.infiniteQueryOptions(refusalsInput(view), nextPage)),
      queries.prefetchQuery(compliance.refusalsByGate.queryOptions()),
    ],
    clock: () => [queries.prefetchQuery(compliance.clock.queryOptions())],
  };
  await Promise.all([queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)), ...ofTab[view.tab]()]);
  return (
    <Hydrated>
      <Compliance hasClock={carrier.name === "sandbox" && carrier.clock} />
    </Hydrated>
  );
}
