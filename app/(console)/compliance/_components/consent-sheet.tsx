"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Consent } from "#server/domain/phone/consents/schemas.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { useChanged } from "./use-changed.ts";

/** All that is on record of a consent, and the way to take it back. */
export function ConsentSheet({ consent, onClose }: { consent: Consent; onClose: () => void }) {
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={`Consent of ${consent.phoneNumber}`}
      description={consent.revokedAt === null ? "It stands." : "It was taken back."}
    >
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-2 text-[0.8125rem]">
        <Fact name="Source">
          <code className="font-mono">{consent.source}</code>
        </Fact>
        <Fact name="Evidence">
          <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{consent.evidence}</span>
        </Fact>
        <Fact name="For">{consent.channels.map((channel) => CHANNELS[channel] ?? channel).join(" and ")}</Fact>
        <Fact name="Reference">{consent.reference ?? <span className="text-muted">none</span>}</Fact>
        <Fact name="Given">
          <Time at={consent.givenAt} />
        </Fact>
        <Fact name="Recorded">
          <Time at={consent.createdAt} />
        </Fact>
        {consent.revokedAt === null ? null : (
          <Fact name="Revoked">
            <Time at={consent.revokedAt} />
            <span className="block">{consent.revokedBy ?? <span className="text-muted">how is not noted</span>}</span>
          </Fact>
        )}
        <Fact name="Id">
          <Copyable text={consent.id} what="consent id" />
        </Fact>
      </dl>
      {consent.revokedAt === null ? <Revoke consent={consent} onDone={onClose} /> : null}
    </Sheet>
  );
}

const CHANNELS: Record<string, string> = { voice: "calls", sms: "texts" };

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Revoke({ consent, onDone }: { consent: Consent; onDone: () => void }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const [reason, setReason] = useState("");
  const revoke = useMutation(
    trpc.compliance.revokeConsent.mutationOptions({
      onSuccess: async () => {
        await changed();
        onDone();
      },
    }),
  );
  const error = revoke.isError ? errorOf(revoke.error) : null;
  const reasonError = fieldError(error, "reason");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    revoke.mutate({ id: consent.id, ...(reason.trim() ? { reason } : {}) });
  };
  return (
    <form onSubmit={submit} className="grid gap-3 border-line border-t pt-4">
      <p className="text-[0.8125rem]">
        <strong className="font-medium">
          Revoking takes back every consent of {consent.phoneNumber}, for calls and texts.
        </strong>{" "}
        A revocation beats whatever an agent asserts: nobody calls or texts the number on <code>consent_source</code>{" "}
        alone any more. Only a newer consent, recorded here or with the master key, lifts it.
      </p>
      <Field
        label="How it was taken back"
        name="revoke-reason"
        hint="For instance: by letter of 3 March. Not required."
        maxLength={500}
        autoComplete="off"
        error={reasonError}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {error && !reasonError ? <ErrorNote error={error} /> : null}
      <WriteButton type="submit" variant="danger" disabled={revoke.isPending} className="justify-self-start">
        {revoke.isPending ? "Revoking…" : "Revoke consent"}
      </WriteButton>
    </form>
  );
}
