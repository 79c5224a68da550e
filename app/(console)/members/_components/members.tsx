"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useEvents } from "../../../_lib/live.tsx";
import { nextPage } from "../../../_lib/paging.ts";
import { useMay } from "../../../_lib/session.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { InvitationTable } from "./invitation-table.tsx";
import { InviteSheet } from "./invite-sheet.tsx";
import { MemberTable } from "./member-table.tsx";
import { membersInput } from "./members-input.ts";

const CONCERNS_MEMBERS = /^(org\.(member|invitation)|console\.(account|passkey|password|second_factor))\./;

export function Members() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const mayInvite = useMay("write");
  const members = useInfiniteQuery(trpc.members.list.infiniteQueryOptions(membersInput, nextPage));
  const status = useQuery(trpc.server.status.queryOptions());
  const invitations = useQuery(trpc.members.invitations.queryOptions());
  useEvents((event) => {
    if (CONCERNS_MEMBERS.test(event.event)) void queryClient.invalidateQueries(trpc.members.pathFilter());
  });
  const items = members.data?.pages.flatMap((page) => page.items) ?? [];
  const invite = mayInvite ? (
    <Button variant="primary" onClick={() => setInviting(true)}>
      <UserPlus aria-hidden /> Invite
    </Button>
  ) : null;
  return (
    <>
      <PageHead title="Members" action={invite}>
        People who sign in to this organisation with an account of their own.
      </PageHead>
      {members.isError ? <ErrorNote error={errorOf(members.error)} onRetry={() => members.refetch()} /> : null}
      {members.isPending ? <SkeletonRows rows={3} what="members" /> : null}
      {members.isSuccess && items.length === 0 ? (
        <EmptyState title="No members yet" action={invite}>
          So far the console opens with the master key alone, which does not tell who acts. Invite yourself as an owner
          first: then the log names you, and the key can stay in the safe.
        </EmptyState>
      ) : null}
      {items.length > 0 ? <MemberTable members={items} canMail={status.data?.hasRelay ?? true} /> : null}
      <ShowMore pages={members} />
      {invitations.isError ? (
        <ErrorNote error={errorOf(invitations.error)} onRetry={() => invitations.refetch()} />
      ) : null}
      {invitations.data && invitations.data.items.length > 0 ? (
        <InvitationTable invitations={invitations.data.items} />
      ) : null}
      <InviteSheet open={inviting} onOpenChange={setInviting} />
    </>
  );
}
