"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { InvitationPreview } from "#server/domain/invitations/accept.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { ChooseOrganisation } from "../../sign-in/_components/choose-organisation.tsx";
import { Panel } from "../../sign-in/_components/panel.tsx";
import { SecondFactor } from "../../sign-in/_components/second-factor.tsx";
import type { Ways } from "../../sign-in/_components/sign-in.tsx";
import type { OnEntered, Step } from "../../sign-in/_components/steps.ts";
import { FirstWayIn } from "./_first-way-in.tsx";

const ROLES = {
  OWNER: "an owner: you may do everything",
  ADMIN: "an admin: you may do everything but change roles, the master key, and delete",
  VIEWER: "a viewer: you see everything and change nothing",
};

type Props = { token: string; invitation: InvitationPreview; ways: Ways };

/** Accepts the invitation, then asks somebody who is new for a way to sign in next time. */
export function Invitation({ token, invitation, ways }: Props) {
  const [step, setStep] = useState<Step | { step: "first-way-in" }>({ step: "start" });
  const enter = () => window.location.assign("/");
  const onEntered: OnEntered = (entered) => (entered.step === "signed-in" ? enter() : setStep(entered));
  const signIn = () => window.location.assign("/sign-in");

  if (step.step === "first-way-in") return <FirstWayIn email={invitation.email} ways={ways} onDone={enter} />;
  if (step.step === "second-factor") return <SecondFactor {...step} onEntered={onEntered} onBack={signIn} />;
  if (step.step === "organisation") return <ChooseOrganisation {...step} onEntered={enter} onBack={signIn} />;
  if (invitation.signInFirst) return <SignInFirst token={token} email={invitation.email} />;
  return (
    <Accept
      token={token}
      invitation={invitation}
      onEntered={onEntered}
      onNew={() => setStep({ step: "first-way-in" })}
    />
  );
}

function SignInFirst({ token, email }: { token: string; email: string }) {
  return (
    <Panel
      title="Sign in first"
      line={`${email} has an account here. Sign in with it, then this link makes you a member.`}
    >
      <Button asChild variant="primary" className="justify-self-start">
        <Link href={`/sign-in?to=${encodeURIComponent(`/invite/${token}`)}`}>Sign in</Link>
      </Button>
    </Panel>
  );
}

type AcceptProps = {
  token: string;
  invitation: InvitationPreview;
  onEntered: OnEntered;
  onNew: () => void;
};

function Accept({ token, invitation, onEntered, onNew }: AcceptProps) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const accept = useMutation(
    trpc.session.acceptInvitation.mutationOptions({
      onSuccess: ({ isNew, ...entered }) => (isNew ? onNew() : onEntered(entered)),
    }),
  );
  const error = accept.isError ? errorOf(accept.error) : null;
  const nameError = fieldError(error, "name");
  const busy = accept.isPending || accept.isSuccess;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate({ token, ...(invitation.known ? {} : { name }) });
  };
  return (
    <Panel title={`Join ${invitation.orgName}`} line={`${invitation.email} is invited as ${ROLES[invitation.role]}.`}>
      <form onSubmit={submit} className="grid gap-4">
        {invitation.known ? null : (
          <Field
            label="Your name"
            name="name"
            autoComplete="name"
            required
            maxLength={100}
            hint="The other members see it."
            error={nameError}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
        {error && !nameError ? <ErrorNote error={error} /> : null}
        <Button type="submit" variant="primary" disabled={busy}>
          {busy ? "Joining…" : "Join"}
        </Button>
      </form>
    </Panel>
  );
}
