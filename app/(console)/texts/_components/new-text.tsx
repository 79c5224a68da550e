"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Link } from "../../../_ui/link.tsx";
import { EmptyState } from "../../../_ui/states.tsx";
import { NumberChoice } from "../../_components/number-choice.tsx";
import { choiceOf } from "./choice-of.ts";
import { TextForm } from "./text-form.tsx";
import { TextsLink } from "./texts-link.tsx";
import { useTextsParams } from "./use-texts-params.ts";

/** Writes to a number, from one of the agents' numbers; then the conversation is open. */
export function NewText() {
  const trpc = useTRPC();
  const { params, go } = useTextsParams();
  const numbers = useQuery(trpc.numbers.overview.queryOptions());
  const able = (numbers.data?.items ?? []).filter(({ capabilities }) => capabilities.sms);
  const preset = params.agent === null ? able[0] : able.find(({ agentId }) => agentId === params.agent);
  const [chosen, setChosen] = useState<string | null>(null);
  const [to, setTo] = useState("");
  const from = able.find(({ phoneNumber }) => phoneNumber === chosen) ?? preset ?? null;
  return (
    <section aria-label="New text" className="grid gap-2">
      <TextsLink
        to={{ compose: null }}
        className="inline-flex w-fit items-center gap-1 rounded text-muted hover:text-ink lg:hidden"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Back to the list
      </TextsLink>
      <h2 className="text-base font-semibold">New text</h2>
      {numbers.isSuccess && able.length === 0 ? (
        <EmptyState
          title="No agent can text yet"
          action={
            <Button variant="primary" asChild>
              <Link href={`/numbers?buy=${params.agent ?? "new"}`}>Get a number</Link>
            </Button>
          }
        >
          Agents text from a number of their own.
        </EmptyState>
      ) : (
        <TextForm
          label="New text"
          from={from}
          to={to}
          onSent={(thread) => go({ compose: null, thread, agent: null, number: null, q: "" })}
        >
          <NumberChoice
            label="From"
            numbers={able.map(choiceOf)}
            value={from?.phoneNumber ?? ""}
            onChange={setChosen}
          />
          {params.agent !== null && !preset ? (
            <p className="text-[0.8125rem] text-warn">
              The agent that is chosen in the list has no number to text from.{" "}
              <Link href={`/numbers?buy=${params.agent}`} className="underline underline-offset-2">
                Get it one
              </Link>
            </p>
          ) : null}
          <Field
            label="To"
            name="text-to"
            inputMode="tel"
            autoComplete="off"
            required
            mono
            placeholder="+1 212 555 0100"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </TextForm>
      )}
    </section>
  );
}
