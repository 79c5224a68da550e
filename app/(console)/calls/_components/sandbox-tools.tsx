"use client";

import { useMutation } from "@tanstack/react-query";
import { PhoneIncoming } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Field } from "../../../_ui/field.tsx";
import { SandboxNumbers } from "../../../_ui/sandbox-numbers.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { VoiceNumber } from "./voice-number.tsx";

/** Plays somebody who calls one of our numbers, and says which numbers do what when they are called. */
export function SandboxTools() {
  return (
    <div className="grid gap-6 border-line border-t p-4 lg:grid-cols-2">
      <RingForm />
      <div>
        <h2 className="font-medium">Numbers to call</h2>
        <p className="text-muted">Of any area code: the last two digits decide. Every other number is like 00.</p>
        <div className="text-[0.8125rem]">
          <SandboxNumbers />
        </div>
      </div>
    </div>
  );
}

const ANYBODY = "+13055550100";

function RingForm() {
  const trpc = useTRPC();
  const [from, setFrom] = useState(ANYBODY);
  const [to, setTo] = useState<PhoneIdentity>();
  const ring = useMutation(trpc.calls.ring.mutationOptions());
  const error = ring.isError ? errorOf(ring.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (to) ring.mutate({ from, to: to.phoneNumber });
  };
  return (
    <form aria-label="Call one of your numbers" onSubmit={submit} className="grid content-start gap-4">
      <p className="text-muted">
        It rings for 30 seconds. The agent takes it over its voice socket; where none is connected, nobody answers.
      </p>
      <Field
        label="Who calls"
        name="ring-from"
        type="tel"
        autoComplete="off"
        mono
        required
        error={fieldError(error, "from")}
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <VoiceNumber label="Which number rings" value={to} onChange={setTo} />
      {error && !fieldError(error, "from") ? <ErrorNote error={error} /> : null}
      <p role="status" className="text-[0.8125rem] text-muted empty:hidden">
        {ring.isSuccess ? "It rings: the call is in the list." : null}
      </p>
      <div>
        <WriteButton type="submit" disabled={ring.isPending}>
          <PhoneIncoming aria-hidden /> {ring.isPending ? "Dialling…" : "Let it ring"}
        </WriteButton>
      </div>
    </form>
  );
}
