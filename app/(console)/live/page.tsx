import type { Metadata } from "next";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { LiveActivity } from "./_live-activity.tsx";
import { LIVE_START } from "./_live-start.ts";

export const metadata: Metadata = { title: "Live activity" };

export default async function LivePage() {
  await requireSession("/live");
  await Promise.all([
    pageQueries().prefetchQuery(trpc.events.list.queryOptions(LIVE_START)),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <LiveActivity />
    </Hydrated>
  );
}
