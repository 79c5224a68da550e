import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { loadSearch, pathOf } from "../_components/events/search.ts";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { LiveActivity } from "./_components/live-activity.tsx";
import { liveInput } from "./_components/live-input.ts";

export const metadata: Metadata = { title: "Live activity" };

export default async function LivePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const search = await loadSearch(searchParams);
  await requireSession(pathOf("/live", search));
  await Promise.all([
    pageQueries().prefetchQuery(trpc.events.list.queryOptions(liveInput(search))),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <LiveActivity />
    </Hydrated>
  );
}
