"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { priceOf } from "#server/domain/billing/money.ts";
import { useTRPC } from "../../_lib/trpc.tsx";

/** What numbers cost under the plan. */
export function useNumberTerms() {
  const trpc = useTRPC();
  const usage = useQuery(trpc.billing.usage.queryOptions({}));
  const terms = usage.data?.meters.find(({ meter }) => meter === "phone_numbers");
  const included = terms?.included ?? null;
  const unitMicros = terms?.unitMicros ?? 0;
  const isKnown = terms !== undefined;
  /** What a number costs a month that is had besides `held` others; null while nobody knows. */
  const monthlyMicros = useCallback(
    (held: number): number | null =>
      isKnown ? Number(priceOf({ included, unitMicros, quota: null, dailyQuota: null }, BigInt(held), 1n)) : null,
    [isKnown, included, unitMicros],
  );
  /** Numbers of this month, those that were released in it too: what the next one costs this month follows from it. */
  const recorded = terms?.total ?? 0;
  return { monthlyMicros, recorded, included, quota: terms?.quota ?? null, error: usage.error };
}
