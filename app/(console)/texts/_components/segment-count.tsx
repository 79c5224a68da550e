"use client";

import { useQuery } from "@tanstack/react-query";
import { priceOf } from "#server/domain/billing/money.ts";
import { countSegments } from "#server/domain/sms/segments.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { counted } from "../../_components/counted.ts";

const WHY_UCS2 = "A character that is not in the alphabet of GSM makes all of them larger.";

/** How many texts a body is to the carrier, and what they cost under the plan at this moment. */
export function SegmentCount({ id, body }: { id: string; body: string }) {
  const trpc = useTRPC();
  const money = useMoney();
  const usage = useQuery(trpc.billing.usage.queryOptions({}));
  const { encoding, segments, left } = countSegments(body);
  const terms = usage.data?.meters.find(({ meter }) => meter === "sms_sent");
  const micros = terms && priceOf({ ...terms, dailyQuota: null }, BigInt(Math.max(0, terms.total)), BigInt(segments));
  return (
    <p id={id} className="flex flex-wrap gap-x-3 text-[0.75rem] text-muted tabular-nums">
      <span title={encoding === "UCS-2" ? WHY_UCS2 : undefined}>
        <span className="font-mono">{encoding}</span>: {body === "" ? "" : `${counted(segments, "segment")}, `}
        {left} left
      </span>
      {micros === undefined || body === "" ? null : (
        <span>{micros === 0n ? "included in the plan" : `costs ${money(Number(micros))}`}</span>
      )}
    </p>
  );
}
