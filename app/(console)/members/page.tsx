import type { Metadata } from "next";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { Members } from "./_components/members.tsx";
import { membersInput } from "./_components/members-input.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage() {
  await requireSession("/members");
  await Promise.all([
    pageQueries().prefetchInfiniteQuery(trpc.members.list.infiniteQueryOptions(membersInput, nextPage)),
    pageQueries().prefetchQuery(trpc.members.invitations.queryOptions()),
    pageQueries().prefetchQuery(trpc.server.status.queryOptions()),
  ]);
  return (
    <Hydrated>
      <Members />
    </Hydrated>
  );
}
