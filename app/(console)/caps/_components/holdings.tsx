"use client";

import type { BillingState } from "#server/domain/billing/billing-state.ts";
import type { CapMeter } from "#server/domain/billing/meters.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { METER_NAMES } from "../../_components/meter-names.ts";
import { CHANNEL_NAMES, UNIT_NAMES } from "./caps-view.ts";
import { type Holding, holdingsOf, tightestOf } from "./limits-that-hold.ts";

type HoldingsProps = { channel: CapMeter; state: BillingState; agent: HardCap | null };

/** Every limit that holds for a channel, the plan's too, and which of them refuses first. */
export function Holdings({ channel, state, agent }: HoldingsProps) {
  const money = useMoney();
  const { tier } = state;
  const holdings = holdingsOf(channel, state, agent);
  const tightest = tightestOf(holdings);
  const { month, day } = (agent ?? state.caps).usage[channel];
  const whose = { plan: `Plan ${tier}`, organisation: "Organisation's cap", agent: "Agent's cap" };
  const amount = (holding: Holding, value: number) => (holding.isMoney ? money(value) : numberText(value));
  const unit = ({ isMoney, meter }: Holding) =>
    isMoney ? "money" : meter ? METER_NAMES[meter].toLowerCase() : UNIT_NAMES[channel];
  return (
    <section aria-label={`Limits of ${CHANNEL_NAMES[channel]}`} className="min-w-0">
      <h2 className="mb-2 font-semibold">Limits that hold</h2>
      {holdings.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
          Nothing limits {CHANNEL_NAMES[channel]}: no cap is set, and the plan {tier} has no quota for it.
        </p>
      ) : (
        <div className="overflow-hidden rounded-lg border border-line bg-surface">
          <table className="w-full text-left text-[0.8125rem]">
            <thead className="border-line border-b text-[0.75rem] text-muted">
              <tr>
                <th scope="col" className="px-4 py-2 font-medium">
                  Limit
                </th>
                <th scope="col" className="px-2 py-2 text-right font-medium">
                  Used
                </th>
                <th scope="col" className="py-2 pr-4 pl-2 text-right font-medium">
                  Allowed
                </th>
              </tr>
            </thead>
            <tbody>
              {holdings.map((holding) => (
                <tr
                  key={`${holding.whose} ${holding.meter} ${holding.period} ${holding.isMoney}`}
                  className="border-line border-b align-top last:border-b-0"
                >
                  <th scope="row" className="px-4 py-2 text-left font-normal">
                    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                      {whose[holding.whose]}
                      <Mark holding={holding} isTightest={holding === tightest} />
                    </span>
                    <span className="block text-muted">
                      {unit(holding)} a {holding.period}
                    </span>
                  </th>
                  <td className="px-2 py-2 text-right font-mono tabular-nums">{amount(holding, holding.used)}</td>
                  <td className="py-2 pr-4 pl-2 text-right font-mono tabular-nums">
                    {amount(holding, holding.allowed)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="mt-2 text-[0.8125rem] text-muted">
        The tightest one decides. Days and months are those of {state.timeZone}: the day ends{" "}
        <Time at={day.resetsAt} format="short" />, the month <Time at={month.resetsAt} format="short" />. Today's rate
        is what was used today over the part of the day that has passed, at least an hour.
      </p>
    </section>
  );
}

function Mark({ holding, isTightest }: { holding: Holding; isTightest: boolean }) {
  if (holding.share >= 1) return <Badge tone="bad">{holding.refuses ? "blocks" : "reached"}</Badge>;
  if (!holding.refuses) return <Badge>alert only</Badge>;
  return isTightest ? <Badge tone="warn">tightest</Badge> : null;
}
