"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { NumberChoice } from "../../_components/number-choice.tsx";
import { choiceOf } from "./choice-of.ts";

/** In the sandbox: somebody texts one of the organisation's numbers. */
export function PlaySheet({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const numbers = useQuery(trpc.numbers.overview.queryOptions());
  const [from, setFrom] = useState("+13055550100");
  const [to, setTo] = useState(numbers.data?.items[0]?.phoneNumber ?? "");
  const [body, setBody] = useState("");
  const play = useMutation(trpc.texts.playInbound.mutationOptions({ onSuccess: onClose }));
  const error = play.isError ? errorOf(play.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    play.mutate({ from: from.replaceAll(/[\s().-]/g, ""), to, body });
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="Play a text in"
      description="Somebody texts one of your numbers, in the sandbox."
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label="From"
          name="play-from"
          inputMode="tel"
          autoComplete="off"
          required
          mono
          hint="Any number in E.164, such as +1 305 555 0100."
          error={fieldError(error, "from")}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <NumberChoice label="To" numbers={(numbers.data?.items ?? []).map(choiceOf)} value={to} onChange={setTo} />
        <Field
          label="Text"
          name="play-text"
          autoComplete="off"
          required
          maxLength={1_600}
          value={body}
          onChange={(event) => setBody(event.target.value)}
        />
        {error && !error.details.fields ? <ErrorNote error={error} /> : null}
        <div>
          <Button type="submit" variant="primary" disabled={play.isPending || to === ""}>
            Send as them
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
