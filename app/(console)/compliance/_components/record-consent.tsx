"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { CONSENT_SOURCE_NAMES, CONSENT_SOURCES, type ConsentSource } from "#server/domain/phone/law/consent-sources.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTimeZone } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { instantOf } from "../../_components/time-field.tsx";
import { STATE_PLACES } from "./states.ts";
import { useChanged } from "./use-changed.ts";

const CHANNELS = [
  { value: "voice", name: "Calls" },
  { value: "sms", name: "Texts" },
] as const;

/** Puts on record that somebody agreed, with what proves it. */
export function RecordConsent({ onClose }: { onClose: () => void }) {
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="Record a consent"
      description="That a person agreed to be called or texted, and what proves it. It stays on record, also when it is taken back."
    >
      <Form onDone={onClose} />
    </Sheet>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const toast = useToast();
  const zone = useTimeZone();
  const [source, setSource] = useState<ConsentSource>("opt-in:web-form");
  const record = useMutation(
    trpc.compliance.recordConsent.mutationOptions({
      onSuccess: async ({ phoneNumber }) => {
        await changed();
        toast({ text: `Recorded for ${phoneNumber}`, tone: "good" });
        onDone();
      },
    }),
  );
  const error = record.isError ? errorOf(record.error) : null;
  const problem = (name: string) => fieldError(error, name);
  const isOfField = ["phoneNumber", "evidence", "reference", "givenAt", "channels", "location"].some((name) =>
    problem(name),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => String(fields.get(name) ?? "").trim();
    const givenAt = instantOf(fields.get("givenAt"), zone);
    record.mutate({
      phoneNumber: text("phoneNumber"),
      source,
      evidence: text("evidence"),
      channels: CHANNELS.map(({ value }) => value).filter((value) => fields.has(value)),
      ...(text("reference") ? { reference: text("reference") } : {}),
      ...(givenAt === null ? {} : { givenAt }),
      ...(text("state") ? { location: { state: text("state") } } : {}),
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label="Number"
        name="phoneNumber"
        type="tel"
        mono
        required
        autoComplete="off"
        placeholder="+14155550142"
        error={problem("phoneNumber")}
      />
      <SourceField source={source} onChange={setSource} />
      <Evidence error={problem("evidence")} />
      <Field
        label="Your reference"
        name="reference"
        hint="Such as the id of a customer. Not required."
        maxLength={500}
        autoComplete="off"
        error={problem("reference")}
      />
      <fieldset>
        <legend className="mb-1.5 font-medium">For</legend>
        <div className="flex gap-4">
          {CHANNELS.map(({ value, name }) => (
            <label key={value} className="flex items-center gap-2">
              <input type="checkbox" name={value} defaultChecked className="size-4 accent-accent-fill" />
              {name}
            </label>
          ))}
        </div>
        {problem("channels") ? (
          <p className="mt-1.5 text-[0.8125rem] text-danger">These {problem("channels")}</p>
        ) : null}
      </fieldset>
      <Field
        label="Given at"
        name="givenAt"
        type="datetime-local"
        hint={`In ${zone}. Left out: now.`}
        error={problem("givenAt")}
      />
      <StateField error={problem("location")} />
      {error && !isOfField ? <ErrorNote error={error} /> : null}
      <Button type="submit" variant="primary" disabled={record.isPending}>
        {record.isPending ? "Recording…" : "Record consent"}
      </Button>
    </form>
  );
}

const STATES = [...STATE_PLACES]
  .map(([code, { name }]) => ({ code, name }))
  .sort((a, b) => a.name.localeCompare(b.name, "en"));

function StateField({ error }: { error: string | undefined }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Where they are
      </label>
      <select
        id={id}
        name="state"
        defaultValue=""
        className="h-9 rounded-md border border-line-strong bg-surface px-2"
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-meaning`}
      >
        <option value="">not known: as the number says</option>
        {STATES.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-meaning`} className={cn("text-[0.8125rem]", error ? "text-danger" : "text-muted")}>
        {error ?? "The hours and the law of this state then hold in place of the area code's."}
      </p>
    </div>
  );
}

function SourceField({ source, onChange }: { source: ConsentSource; onChange: (source: ConsentSource) => void }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Source
      </label>
      <select
        id={id}
        className="h-9 rounded-md border border-line-strong bg-surface px-2 font-mono text-[0.8125rem]"
        value={source}
        aria-describedby={`${id}-meaning`}
        onChange={(event) => onChange(event.target.value as ConsentSource)}
      >
        {CONSENT_SOURCE_NAMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-meaning`} className="text-[0.8125rem] text-muted">
        {CONSENT_SOURCES[source].meaning}
      </p>
    </div>
  );
}

function Evidence({ error }: { error: string | undefined }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Evidence
      </label>
      <textarea
        id={id}
        name="evidence"
        required
        rows={4}
        maxLength={4_000}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-hint`}
        className="rounded-md border border-line-strong bg-surface px-2.5 py-2"
      />
      <p id={`${id}-hint`} className={error ? "text-[0.8125rem] text-danger" : "text-[0.8125rem] text-muted"}>
        {error ?? "The words agreed to, the form, where it is kept."}
      </p>
    </div>
  );
}
