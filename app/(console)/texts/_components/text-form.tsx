"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ListChecks, Send } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { CONSENT_SOURCE_NAMES, CONSENT_SOURCES, type ConsentSource } from "#server/domain/phone/law/consent-sources.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { randomId } from "../../../_lib/random-id.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { GateVerdicts } from "../../_components/gates/gate-verdicts.tsx";
import { Refusal } from "../../_components/gates/refusal.tsx";
import { SegmentCount } from "./segment-count.tsx";

/** What the API takes. */
const MAX_LENGTH = 1_600;

type TextFormProps = {
  /** Of the form, for those who cannot see where it stands. */
  label: string;
  /** Null while it is still to be chosen. */
  from: { agentId: string; phoneNumber: string } | null;
  to: string;
  /** What it rests on where nobody chooses another right. */
  presetConsent?: ConsentSource | "";
  /** What stands above the text: where from and to, where they are not fixed. */
  children?: ReactNode;
  onSent?: (threadId: string) => void;
};

/** Writes a text as an agent: counts its segments, says what they cost, and shows which gate refuses it and why. */
export function TextForm(props: TextFormProps) {
  const { label, from, to, presetConsent = "", children, onSent } = props;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const ids = { body: useId(), consent: useId() };
  const [body, setBody] = useState("");
  const [chosenConsent, setConsent] = useState<ConsentSource | "" | null>(null);
  // A text that was changed is another one: the id makes sure that each is sent once.
  const [formId, setFormId] = useState(randomId);
  const send = useMutation(
    trpc.texts.send.mutationOptions({
      onSuccess: (sent) => {
        setBody("");
        setFormId(randomId());
        check.reset();
        void queryClient.invalidateQueries(trpc.texts.pathFilter());
        if (sent) onSent?.(sent.threadId);
      },
    }),
  );
  const consent = chosenConsent ?? presetConsent;
  const check = useMutation(trpc.texts.check.mutationOptions());

  // From and to count too, and what was said of the text before says nothing of this one.
  const forget = () => {
    setFormId(randomId());
    send.reset();
    check.reset();
  };
  const fields = {
    ...(from ? { agentId: from.agentId, fromNumber: from.phoneNumber } : {}),
    to,
    body,
    ...(consent === "" ? {} : { metadata: { consent_source: consent } }),
  };
  const isReady = from !== null && to.trim() !== "" && body !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !send.isPending) send.mutate({ formId, fields });
  };
  const submitByKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  const failed = send.error ?? check.error;
  const error = failed ? errorOf(failed) : null;
  return (
    <form
      aria-label={label}
      onSubmit={submit}
      onChange={forget}
      onKeyDown={submitByKey}
      className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-line-strong/50 bg-surface p-3"
    >
      {children}
      <div className="grid gap-1.5">
        <label htmlFor={ids.body} className="font-medium">
          Text
        </label>
        <textarea
          id={ids.body}
          name="text-body"
          rows={3}
          required
          maxLength={MAX_LENGTH}
          aria-describedby={`${ids.body}-count`}
          className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 leading-relaxed"
          value={body}
          onChange={(event) => {
            setBody(event.target.value);
          }}
        />
        <SegmentCount id={`${ids.body}-count`} body={body} />
      </div>
      <div className="grid gap-1.5">
        <label htmlFor={ids.consent} className="font-medium">
          By what right
        </label>
        <select
          id={ids.consent}
          className="h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2"
          value={consent}
          onChange={(event) => {
            setConsent(event.target.value as ConsentSource | "");
          }}
        >
          <option value="">The consent that is on record</option>
          {CONSENT_SOURCE_NAMES.map((name) => (
            <option key={name} value={name}>
              {CONSENT_SOURCES[name].meaning} ({name})
            </option>
          ))}
        </select>
      </div>
      {error ? <Refusal error={error} /> : null}
      {check.data ? <GateVerdicts report={check.data} note="Nothing was sent." /> : null}
      <div className="flex flex-wrap items-center gap-2">
        <WriteButton type="submit" variant="primary" disabled={!isReady || send.isPending}>
          <Send aria-hidden /> {send.isPending ? "Sending…" : "Send"}
        </WriteButton>
        <WriteButton disabled={!isReady || check.isPending} onClick={() => check.mutate(fields)}>
          <ListChecks aria-hidden /> {check.isPending ? "Checking…" : "Check every gate"}
        </WriteButton>
      </div>
    </form>
  );
}
