"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Phone, ShieldCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { CONSENT_SOURCES, type ConsentSource } from "#server/domain/phone/law/consent-sources.ts";
import type { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { randomId } from "../../../_lib/random-id.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { GateVerdicts } from "../../_components/gates/gate-verdicts.tsx";
import { VoiceNumber } from "./voice-number.tsx";

/** Calls somebody as an agent, or asks first what stands in the way. */
export function PlaceCallSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet open onOpenChange={onClose} title="Place a call" description={<WhatItDoes />}>
      <PlaceCallForm />
    </Sheet>
  );
}

const MINUTES = 10;

function WhatItDoes() {
  const trpc = useTRPC();
  const status = useQuery(trpc.server.status.queryOptions());
  return (
    <>
      {status.data?.hasCarrier === false
        ? "The sandbox answers: nobody's telephone rings. It counts like any other: "
        : "A telephone rings at once, and that costs: "}
      one call, and every minute that is begun. Up to {MINUTES} minutes are held until it has ended.
    </>
  );
}

function PlaceCallForm() {
  const trpc = useTRPC();
  const router = useRouter();
  // The form's own id makes sure that it calls once, however often it is clicked; changed, it is another call.
  const [formId, setFormId] = useState(randomId);
  const [from, setFrom] = useState<PhoneIdentity>();
  const [to, setTo] = useState("");
  const [source, setSource] = useState<ConsentSource | "">("");
  const [greeting, setGreeting] = useState("");
  const check = useMutation(trpc.calls.check.mutationOptions());
  const place = useMutation(
    trpc.calls.place.mutationOptions({ onSuccess: ({ callId }) => router.push(`/calls/${callId}`) }),
  );
  const call = {
    ...(from ? { agentId: from.agentId, fromNumber: from.phoneNumber } : {}),
    to,
    metadata: source === "" ? {} : { consent_source: source },
    ...(greeting.trim() === "" ? {} : { greeting: greeting.trim() }),
    maxDurationSeconds: MINUTES * 60,
  };
  // What was checked or refused is not what stands in the form any more.
  const forget = () => {
    check.reset();
    place.reset();
  };
  const change = () => {
    setFormId(randomId());
    forget();
  };
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    forget();
    const isCheck = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "check";
    if (isCheck) check.mutate(call);
    else place.mutate({ formId, fields: call });
  };
  const refused = check.error ?? place.error;
  const error = refused ? errorOf(refused) : null;
  const isBusy = check.isPending || place.isPending || place.isSuccess;
  return (
    <form onSubmit={ask} onChange={change} className="grid gap-4">
      <VoiceNumber label="Agent and number" value={from} onChange={setFrom} />
      <Field
        label="To"
        name="call-to"
        type="tel"
        autoComplete="off"
        mono
        required
        maxLength={64}
        placeholder="+13055550100"
        error={fieldError(error, "to")}
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <ConsentChoice value={source} onChange={setSource} />
      <Field
        label="Greeting"
        name="call-greeting"
        autoComplete="off"
        maxLength={500}
        hint="Said when the call is answered. Without one the agent begins."
        error={fieldError(error, "greeting")}
        value={greeting}
        onChange={(event) => setGreeting(event.target.value)}
      />
      {error && !fieldError(error, "to") && !fieldError(error, "greeting") ? <ErrorNote error={error} /> : null}
      <div className="flex flex-wrap gap-2">
        <WriteButton type="submit" variant="primary" value="place" disabled={isBusy}>
          <Phone aria-hidden /> {place.isPending || place.isSuccess ? "Calling…" : "Call now"}
        </WriteButton>
        <WriteButton type="submit" value="check" disabled={isBusy}>
          <ShieldCheck aria-hidden /> {check.isPending ? "Checking…" : "Check first"}
        </WriteButton>
      </div>
      <div aria-live="polite">
        {check.data ? <GateVerdicts report={check.data} note="Nothing was dialled, and nothing is held." /> : null}
      </div>
    </form>
  );
}

function ConsentChoice({ value, onChange }: { value: string; onChange: (source: ConsentSource | "") => void }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Why they may be called
      </label>
      <select
        id={id}
        aria-describedby={`${id}-hint`}
        className="h-9 rounded-md border border-line-strong bg-surface px-2"
        value={value}
        onChange={(event) => onChange(event.target.value as ConsentSource | "")}
      >
        <option value="">Nothing but what is on record</option>
        {Object.entries(CONSENT_SOURCES).map(([name, { meaning }]) => (
          <option key={name} value={name} title={meaning}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="text-[0.8125rem] text-muted">
        {value === ""
          ? "You answer for what you assert here; it stays in the log."
          : CONSENT_SOURCES[value as ConsentSource].meaning}
      </p>
    </div>
  );
}
