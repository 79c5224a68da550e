"use client";

import { useMutation } from "@tanstack/react-query";
import { PhoneOff, Send } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { errorOf, fieldError } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Field } from "../../../../_ui/field.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { WriteButton } from "../../../../_ui/write-button.tsx";
import { Panel } from "../../../overview/_components/panel.tsx";

/** The other end of a call in the sandbox: speaks as the person, and hangs up as they would. */
export function PlayPerson({ call }: { call: CallFacts }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const say = useMutation(trpc.calls.say.mutationOptions({ onSuccess: () => setText("") }));
  const hangUp = useMutation(trpc.calls.personHangsUp.mutationOptions());
  const failed = say.error ?? hangUp.error;
  const error = failed ? errorOf(failed) : null;
  const isTalking = call.state === "active";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    say.mutate({ id: call.id, text });
  };
  return (
    <Panel title="Sandbox: play the person">
      <form
        aria-label="Play the person"
        onSubmit={submit}
        className="grid gap-3 rounded-lg border border-dashed border-line-strong/50 p-4"
      >
        <Field
          label="Say as the person"
          name="said"
          autoComplete="off"
          required
          maxLength={2_000}
          hint={isTalking ? "It is heard at once, and cuts off what the agent is saying." : "Once it is answered."}
          error={fieldError(error, "text")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {error && !fieldError(error, "text") ? <ErrorNote error={error} /> : null}
        <div className="flex flex-wrap gap-2">
          <WriteButton type="submit" disabled={!isTalking || say.isPending}>
            <Send aria-hidden /> Say
          </WriteButton>
          <WriteButton disabled={hangUp.isPending || hangUp.isSuccess} onClick={() => hangUp.mutate({ id: call.id })}>
            <PhoneOff aria-hidden /> Hang up as the person
          </WriteButton>
        </div>
      </form>
    </Panel>
  );
}
