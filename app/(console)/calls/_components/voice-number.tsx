"use client";

import { useQuery } from "@tanstack/react-query";
import type { PhoneIdentity } from "#server/domain/phone-numbers/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { NumberChoice } from "../../_components/number-choice.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";

type VoiceNumberProps = {
  label: string;
  /** The number that is chosen; undefined until there is one. */
  value: PhoneIdentity | undefined;
  onChange: (number: PhoneIdentity | undefined) => void;
};

/** One of the numbers that agents can be called on and call from, with whose it is. */
export function VoiceNumber({ label, value, onChange }: VoiceNumberProps) {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const numbers = useQuery(trpc.calls.numbers.queryOptions({}));
  const able = numbers.data?.items.filter(({ capabilities }) => capabilities.voice) ?? [];
  if (numbers.isError) return <ErrorNote error={errorOf(numbers.error)} onRetry={() => numbers.refetch()} />;
  return (
    <div className="grid gap-1.5">
      <NumberChoice
        label={label}
        numbers={able.map(({ id, phoneNumber, agentId }) => ({
          id,
          phoneNumber,
          text: `${nameOf(agentId)}, ${phoneNumber}`,
        }))}
        {...(numbers.isPending ? { prompt: "Loading the numbers…" } : {})}
        value={value?.phoneNumber ?? ""}
        onChange={(chosen) => onChange(able.find(({ phoneNumber }) => phoneNumber === chosen))}
      />
      {numbers.isSuccess && able.length === 0 ? (
        <p className="text-[0.8125rem] text-muted">
          No agent has a number yet.{" "}
          <Link href="/numbers" className="text-accent underline underline-offset-2">
            Get one
          </Link>
        </p>
      ) : null}
    </div>
  );
}
