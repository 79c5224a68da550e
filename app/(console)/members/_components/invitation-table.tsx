"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw, X } from "lucide-react";
import type { Invitation } from "#server/domain/invitations/schemas.ts";
import { useMay } from "../../../_lib/session.tsx";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { InvitationLink } from "./invitation-link.tsx";

/** Invitations that nobody has accepted yet. */
export function InvitationTable({ invitations }: { invitations: Invitation[] }) {
  return (
    <section aria-labelledby="open-invitations" className="mt-8">
      <h2 id="open-invitations" className="mb-2 font-semibold">
        Open invitations
      </h2>
      <ul className="overflow-hidden rounded-lg border border-line bg-surface">
        {invitations.map((invitation) => (
          <Row key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </section>
  );
}

function Row({ invitation }: { invitation: Invitation }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("write");
  const mayGovern = useMay("govern");
  const changed = () => queryClient.invalidateQueries(trpc.members.invitations.pathFilter());
  const resend = useMutation(trpc.members.resend.mutationOptions({ onSuccess: changed }));
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions({ onSuccess: changed }));
  const failed = [resend, revoke].find((one) => one.isError);
  const busy = resend.isPending || revoke.isPending || revoke.isSuccess;
  return (
    <li className="grid gap-2 border-line border-b px-4 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-0 flex-1 basis-52">
          <span className="block truncate font-medium">{invitation.email}</span>
          <span className="block text-[0.8125rem] text-muted">
            <Standing invitation={invitation} />
          </span>
        </span>
        <Badge>{invitation.role}</Badge>
        {mayWrite && (invitation.role !== "OWNER" || mayGovern) ? (
          <span className="flex gap-1">
            <Button size="sm" disabled={busy} onClick={() => resend.mutate({ id: invitation.id })}>
              <RotateCw aria-hidden /> {invitation.delivery === "MAIL" ? "Send again" : "New link"}
            </Button>
            <Button size="sm" disabled={busy} onClick={() => revoke.mutate({ id: invitation.id })}>
              <X aria-hidden /> Revoke
            </Button>
          </span>
        ) : null}
      </div>
      {failed ? <Failure error={failed.error} /> : null}
      {resend.data?.link ? <InvitationLink link={resend.data.link} /> : null}
    </li>
  );
}

function Standing({ invitation }: { invitation: Invitation }) {
  if (invitation.expired) return "expired";
  return (
    <>
      {invitation.delivery === "LINK" ? "by link" : invitation.mailedAt ? "mailed" : "on its way"}, good until{" "}
      <Time at={invitation.expiresAt} />
    </>
  );
}
