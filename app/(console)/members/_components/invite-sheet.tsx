"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ROLES, type Role } from "#server/domain/members/roles.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useMay } from "../../../_lib/session.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { InvitationLink } from "./invitation-link.tsx";
import { ROLE_LINES } from "./roles.ts";

type Sent = { email: string; link: string | null };

/** Invites somebody, and ends in the link where it could not be mailed. */
export function InviteSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [sent, setSent] = useState<Sent | null>(null);
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setSent(null);
  };
  return (
    <Sheet
      open={open}
      onOpenChange={change}
      sticky={sent?.link != null}
      title={sent ? `${sent.email} is invited` : "Invite a member"}
      description={
        sent
          ? "The invitation works once, within seven days."
          : "They get a link to an account of their own. It works once, within seven days."
      }
    >
      {sent ? <Done sent={sent} onDone={() => change(false)} /> : <InviteForm onSent={setSent} />}
    </Sheet>
  );
}

function Done({ sent, onDone }: { sent: Sent; onDone: () => void }) {
  return (
    <div className="grid gap-4">
      {sent.link ? <InvitationLink link={sent.link} /> : <p role="status">The mail is on its way.</p>}
      <Button variant="primary" onClick={onDone}>
        {sent.link ? "I have copied the link" : "Done"}
      </Button>
    </div>
  );
}

function InviteForm({ onSent }: { onSent: (sent: Sent) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayGovern = useMay("govern");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("VIEWER");
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: ({ invitation, link }) => {
        onSent({ email: invitation.email, link });
        return queryClient.invalidateQueries(trpc.members.invitations.pathFilter());
      },
    }),
  );
  const error = invite.isError ? errorOf(invite.error) : null;
  const emailError = fieldError(error, "email");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email, role });
  };
  const choices = ROLES.filter((one) => one !== "OWNER" || mayGovern);
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label="E-mail"
        type="email"
        name="invite-email"
        autoComplete="off"
        required
        error={emailError}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-medium">Role</legend>
        {choices.map((one) => (
          <label
            key={one}
            className="flex cursor-pointer items-start gap-2.5 rounded-md border border-line p-2.5 has-checked:border-accent has-checked:bg-accent-soft/50"
          >
            <input
              type="radio"
              name="role"
              value={one}
              checked={role === one}
              onChange={() => setRole(one)}
              className="mt-1 accent-accent-fill"
            />
            <span>
              <span className="block font-medium">{one.charAt(0) + one.slice(1).toLowerCase()}</span>
              <span className="block text-[0.8125rem] text-muted">{ROLE_LINES[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {error && !emailError ? <ErrorNote error={error} /> : null}
      <Button type="submit" variant="primary" disabled={invite.isPending}>
        {invite.isPending ? "Inviting…" : "Invite"}
      </Button>
    </form>
  );
}
