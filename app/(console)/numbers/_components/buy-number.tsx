"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { randomId } from "../../../_lib/random-id.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { Refusal } from "../../_components/gates/refusal.tsx";
import { NumberCost } from "../../_components/number-cost.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { useNumberTerms } from "../../_components/use-number-terms.ts";
import { AgentPicker, type PickedAgent } from "../../keys/_components/agent-picker.tsx";
import { textsPath } from "../../texts/_components/params.ts";
import { type ForSale, NumberSearch, type SearchInput } from "./number-search.tsx";
import { Requirements } from "./requirements.tsx";

/** A number that was chosen, how it was looked for, and the id under which it is bought once. */
type Chosen = { number: ForSale; input: SearchInput; formId: string };

type BuyProps = {
  /** For whom; null while nobody has been chosen. */
  agentId: string | null;
  /** How many numbers the organisation has. */
  held: number;
  onClose: () => void;
};

/** Looks for a number at the carrier, says what it costs, and buys it for an agent. */
export function BuyNumber({ agentId, held, onClose }: BuyProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const toast = useToast();
  const nameOf = useAgentNames();
  const [agent, setAgent] = useState<PickedAgent | null>(agentId ? { id: agentId, name: nameOf(agentId) } : null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { monthlyMicros, recorded } = useNumberTerms();
  const buy = useMutation(
    trpc.numbers.buy.mutationOptions({
      onSuccess: (bought) => {
        for (const filter of [trpc.numbers.pathFilter(), trpc.agents.pathFilter(), trpc.billing.usage.pathFilter()]) {
          void queryClient.invalidateQueries(filter);
        }
        toast({
          text: `${chosen?.number.display ?? bought.phoneNumber} is ${agent?.name}'s.`,
          tone: "good",
          action: {
            label: "Send a text",
            run: () => router.push(textsPath({ compose: "new", agent: bought.agentId })),
          },
        });
        onClose();
      },
      // Somebody else may have it by now.
      onError: () => void queryClient.invalidateQueries(trpc.numbers.search.pathFilter()),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!agent || !chosen) return;
    const { number, input, formId } = chosen;
    const { phoneNumber, numberType } = number;
    const fields = { agentId: agent.id, phoneNumber, countryCode: input.countryCode, numberType };
    buy.mutate({ formId, fields });
  };
  const pick = (next: PickedAgent | null) => {
    setAgent(next);
    setChosen((before) => before && { ...before, formId: randomId() });
  };
  const error = buy.isError ? errorOf(buy.error) : null;
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="Get a number"
      description="Look for one at the carrier; nothing is bought before you say so."
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
        <p className="font-medium">For</p>
        <AgentPicker picked={agent} onPick={pick} />
      </div>
      <NumberSearch
        chosen={chosen?.number.phoneNumber ?? null}
        onChoose={(number, input) => {
          buy.reset();
          setChosen({ number, input, formId: randomId() });
        }}
      />
      {chosen ? <Requirements countryCode={chosen.input.countryCode} numberType={chosen.number.numberType} /> : null}
      {error ? <Refusal error={error} /> : null}
      {error?.code === "PAYMENT_REQUIRED" ? (
        <Link href="/billing" className="text-[0.8125rem] text-accent underline underline-offset-2">
          See what the plans allow
        </Link>
      ) : null}
      <form onSubmit={submit} className="grid gap-2 border-line border-t pt-4">
        <NumberCost
          micros={monthlyMicros(held)}
          thisMonth={monthlyMicros(recorded)}
          number={chosen?.number.display ?? null}
          agent={agent?.name ?? null}
        />
        <div>
          <Button type="submit" variant="primary" disabled={!agent || !chosen || buy.isPending}>
            {buy.isPending ? "Buying…" : "Buy this number"}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
