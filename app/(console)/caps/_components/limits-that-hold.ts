import type { BillingState } from "#server/domain/billing/billing-state.ts";
import { type CapMeter, capOf } from "#server/domain/billing/meters.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import type { Meter } from "#server/platform/tiers.ts";

/** A limit that holds for a channel, and where it stands. Amounts are micro-units of money, or units. */
export type Holding = {
  whose: "plan" | "organisation" | "agent";
  /** The plan's meter; caps have none. */
  meter: Meter | null;
  period: "month" | "day";
  isMoney: boolean;
  used: number;
  /** Of `used`, what is held for what has begun: known of money. */
  reserved: number;
  allowed: number;
  refuses: boolean;
  /** 0 to 1 and above. */
  share: number;
};

/** All limits that hold for a channel: the plan's, the organisation's, and where one is looked at, the agent's. */
export function holdingsOf(
  channel: CapMeter,
  state: Pick<BillingState, "quotas" | "dailyQuotas" | "caps">,
  agent: HardCap | null,
): Holding[] {
  const plan = (quotas: BillingState["quotas"], period: Holding["period"]) =>
    quotas.flatMap(({ resource, quota, used }): Holding[] =>
      resource === "agents" || capOf(resource)?.cap !== channel
        ? []
        : [holding("plan", resource, period, false, { used, reserved: 0, allowed: quota, refuses: true })],
    );
  const caps = (whose: "organisation" | "agent", cap: HardCap): Holding[] => {
    const refuses = cap.meters[channel].mode === "block";
    return (["month", "day"] as const).flatMap((period) => {
      const { usedMicros, reservedCents, usedUnits, capCents, capUnits } = cap.usage[channel][period];
      const money = { used: usedMicros, reserved: reservedCents * 10_000, allowed: (capCents ?? 0) * 10_000, refuses };
      const units = { used: usedUnits, reserved: 0, allowed: capUnits ?? 0, refuses };
      return [
        ...(capCents === null ? [] : [holding(whose, null, period, true, money)]),
        ...(capUnits === null ? [] : [holding(whose, null, period, false, units)]),
      ];
    });
  };
  return [
    ...plan(state.quotas, "month"),
    ...plan(state.dailyQuotas, "day"),
    ...caps("organisation", state.caps),
    ...(agent ? caps("agent", agent) : []),
  ];
}

function holding(
  whose: Holding["whose"],
  meter: Holding["meter"],
  period: Holding["period"],
  isMoney: boolean,
  amounts: Pick<Holding, "used" | "reserved" | "allowed" | "refuses">,
): Holding {
  const share = amounts.allowed === 0 ? 1 : Math.max(0, amounts.used) / amounts.allowed;
  return { whose, meter, period, isMoney, ...amounts, share };
}

/** The limit of which the least is left, among those that refuse; null where nothing does. */
export function tightestOf(holdings: readonly Holding[]): Holding | null {
  const refusing = holdings.filter(({ refuses }) => refuses);
  return refusing.reduce<Holding | null>((least, each) => (least && least.share >= each.share ? least : each), null);
}
