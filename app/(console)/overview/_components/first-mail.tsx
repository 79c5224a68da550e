"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { randomId } from "../../../_lib/random-id.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

type Sender = { id: string; name: string; email: string };

/** Sends a mail as one of the agents; without another wish to a second agent, or to the sender itself. */
export function FirstMail({ senders, onSent }: { senders: Sender[]; onSent: (mail: MailSummary) => void }) {
  const trpc = useTRPC();
  const selectId = useId();
  // However often it is clicked, one mail is sent; changed, it is another one.
  const [formId, setFormId] = useState(randomId);
  const [from, setFrom] = useState(senders[0]?.id ?? "");
  const [to, setTo] = useState((senders[1] ?? senders[0])?.email ?? "");
  const [subject, setSubject] = useState("Hello from the console");
  const [body, setBody] = useState("It works.");
  const send = useMutation(trpc.mail.send.mutationOptions({ onSuccess: onSent }));
  const error = send.isError ? errorOf(send.error) : null;
  const errors = {
    to: fieldError(error, "to"),
    subject: fieldError(error, "subject"),
    body: fieldError(error, "body"),
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate({ formId, fields: { agentId: from, to, subject, body } });
  };
  return (
    <form onSubmit={submit} onChange={() => setFormId(randomId())} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <div className="grid content-start gap-1.5">
          <label htmlFor={selectId} className="font-medium">
            From
          </label>
          <select
            id={selectId}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            className="h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-1.5"
          >
            {senders.map(({ id, name, email }) => (
              <option key={id} value={id}>
                {name} ({email})
              </option>
            ))}
          </select>
        </div>
        <Field
          label="To"
          name="mail-to"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          required
          mono
          error={errors.to}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      <Field
        label="Subject"
        name="mail-subject"
        autoComplete="off"
        required
        maxLength={998}
        error={errors.subject}
        value={subject}
        onChange={(event) => setSubject(event.target.value)}
      />
      <Field
        label="Text"
        name="mail-text"
        autoComplete="off"
        error={errors.body}
        value={body}
        onChange={(event) => setBody(event.target.value)}
      />
      {error && !Object.values(errors).some(Boolean) ? <ErrorNote error={error} /> : null}
      <div>
        <Button type="submit" variant="primary" disabled={send.isPending}>
          {send.isPending ? "Sending…" : "Send"}
        </Button>
      </div>
    </form>
  );
}
