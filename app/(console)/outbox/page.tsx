import type { Metadata } from "next";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { Outbox } from "./_outbox.tsx";
import { OUTBOX } from "./_outbox-input.ts";

export const metadata: Metadata = { title: "Outbox" };

export default async function OutboxPage() {
  await requireSession("/outbox");
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(trpc.messages.outbox.infiniteQueryOptions(OUTBOX, nextPage)),
    pageQueries().prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
  ]);
  return (
    <Hydrated>
      <Outbox />
    </Hydrated>
  );
}
