"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";

type NumberChoiceProps = {
  label: string;
  /** The number that is chosen; undefined until there is one. */
  value: PhoneIdentity | undefined;
  onChange: (number: PhoneIdentity | undefined) => void;
};

/** One of the numbers that agents can be called on and call from, with whose it is. */
export function NumberChoice({ label, value, onChange }: NumberChoiceProps) {
  const trpc = useTRPC();
  const id = useId();
  const nameOf = useAgentNames();
  const numbers = useQuery(trpc.calls.numbers.queryOptions({}));
  const able = numbers.data?.items.filter(({ capabilities }) => capabilities.voice) ?? [];
  if (numbers.isError) return <ErrorNote error={errorOf(numbers.error)} onRetry={() => numbers.refetch()} />;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select
        id={id}
        required
        className="h-9 rounded-md border border-line-strong bg-surface px-2"
        value={value?.id ?? ""}
        onChange={(event) => onChange(able.find((number) => number.id === event.target.value))}
      >
        <option value="">{numbers.isPending ? "Loading the numbers…" : "Choose a number"}</option>
        {able.map((number) => (
          <option key={number.id} value={number.id}>
            {nameOf(number.agentId)}, {number.phoneNumber}
          </option>
        ))}
      </select>
      {numbers.isSuccess && able.length === 0 ? (
        <p className="text-[0.8125rem] text-muted">
          No agent has a number yet.{" "}
          <Link href="/docs/calls-and-texts" className="text-accent underline underline-offset-2">
            How an agent gets one
          </Link>
        </p>
      ) : null}
    </div>
  );
}
