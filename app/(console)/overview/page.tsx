import type { Metadata } from "next";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { Overview } from "./_components/overview.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  await requireSession("/overview");
  await Promise.all([
    pageQueries().prefetchQuery(trpc.overview.start.queryOptions()),
    pageQueries().prefetchQuery(trpc.overview.counts.queryOptions({})),
    pageQueries().prefetchQuery(trpc.overview.agentsInNeed.queryOptions()),
    pageQueries().prefetchQuery(trpc.billing.usage.queryOptions({})),
    pageQueries().prefetchQuery(trpc.billing.state.queryOptions()),
    pageQueries().prefetchQuery(trpc.billing.warnings.queryOptions()),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <Overview />
    </Hydrated>
  );
}
