"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { NumberCost } from "../../_components/number-cost.tsx";
import { useNumberTerms } from "../../_components/use-number-terms.ts";

/** What the number costs that is wanted with an agent. Fetched where one is. */
export function WishedNumber() {
  const trpc = useTRPC();
  const numbers = useQuery(trpc.numbers.overview.queryOptions());
  const { monthlyMicros, recorded } = useNumberTerms();
  const held = numbers.data?.items.length;
  return (
    <div className="text-[0.8125rem]">
      <NumberCost
        micros={held === undefined ? null : monthlyMicros(held)}
        thisMonth={monthlyMicros(recorded)}
        number={null}
        agent={null}
      />
    </div>
  );
}
