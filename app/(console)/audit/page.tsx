import type { Metadata } from "next";
import { chainPath } from "../../_lib/chain-path.ts";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { Chain } from "./_components/chain.tsx";
import { chainInput, recentInput } from "./_components/inputs.ts";
import { RecentEvents } from "./_components/recent-events.tsx";
import { Search } from "./_components/search.tsx";

export const metadata: Metadata = { title: "Audit" };

type Query = { correlation?: string | string[] };

/** The log: all of it, newest first, or the chain of one correlation id. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { correlation } = await searchParams;
  const correlationId = typeof correlation === "string" ? correlation.trim() : "";
  await requireSession(correlationId ? chainPath(correlationId) : "/audit");
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(
      trpc.events.list.infiniteQueryOptions(correlationId ? chainInput(correlationId) : recentInput, nextPage),
    ),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <Search key={correlationId} correlationId={correlationId} />
      {correlationId ? <Chain key={correlationId} correlationId={correlationId} /> : <RecentEvents />}
    </Hydrated>
  );
}
