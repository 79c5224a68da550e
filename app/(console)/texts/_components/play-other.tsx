"use client";

import { useMutation } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { ShownNumber } from "#server/domain/sms/conversation.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";

type PlayProps = { from: ShownNumber; to: ShownNumber };

/** In the sandbox: writes as the person at the other end. */
export function PlayOther({ from, to }: PlayProps) {
  const trpc = useTRPC();
  const [body, setBody] = useState("");
  const play = useMutation(trpc.texts.playInbound.mutationOptions({ onSuccess: () => setBody("") }));
  const write = (text: string) => play.mutate({ from: from.phoneNumber, to: to.phoneNumber, body: text });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body !== "") write(body);
  };
  return (
    <form
      aria-label="Play the other side"
      onSubmit={submit}
      className="grid gap-3 rounded-lg border border-dashed border-line-strong/50 p-3"
    >
      <p className="flex items-center gap-2 text-[0.8125rem] text-muted">
        <FlaskConical className="size-4 shrink-0" aria-hidden /> Play the other side: what {from.display} writes in the
        sandbox.
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-40 flex-1">
          <Field
            label="They write"
            name="play-body"
            autoComplete="off"
            maxLength={1_600}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        </div>
        <WriteButton type="submit" disabled={body === "" || play.isPending}>
          Send as them
        </WriteButton>
        {["STOP", "START"].map((word) => (
          <WriteButton key={word} disabled={play.isPending} onClick={() => write(word)}>
            {word}
          </WriteButton>
        ))}
      </div>
      {play.isError ? <ErrorNote error={errorOf(play.error)} /> : null}
    </form>
  );
}
