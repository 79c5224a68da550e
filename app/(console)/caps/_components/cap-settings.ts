import type { CapMeter } from "#server/domain/billing/meters.ts";
import type { CapSettings } from "#server/domain/billing/settings.ts";
import type { HardCap } from "#server/domain/billing/state.ts";

/** The limits that a channel can have, in the order in which they are shown. */
export const LIMITS = ["capCents", "capUnits", "daily.capCents", "daily.capUnits"] as const;
export type LimitName = (typeof LIMITS)[number];

type MeterSettings = CapSettings["meters"][CapMeter];
export type MeterPatch = {
  enabled?: boolean;
  mode?: MeterSettings["mode"];
  capCents?: number | null;
  capUnits?: number | null;
  daily?: { capCents?: number | null; capUnits?: number | null };
};
export type CapPatch = {
  enabled?: boolean;
  monthlyCapCents?: number | null;
  meters?: Partial<Record<CapMeter, MeterPatch>>;
};

export function isMoney(name: LimitName): boolean {
  return name.endsWith("Cents");
}

export function periodOf(name: LimitName): "month" | "day" {
  return name.startsWith("daily.") ? "day" : "month";
}

/** Cents or units; null: no limit. */
export function limitOf(settings: MeterSettings, name: LimitName): number | null {
  const of = periodOf(name) === "day" ? settings.daily : settings;
  return isMoney(name) ? of.capCents : of.capUnits;
}

export function limitPatch(name: LimitName, value: number | null): MeterPatch {
  const limit = isMoney(name) ? { capCents: value } : { capUnits: value };
  return periodOf(name) === "day" ? { daily: limit } : limit;
}

/** Two patches as one; the later wins. */
export function mergePatch(a: MeterPatch, b: MeterPatch): MeterPatch {
  const daily = { ...a.daily, ...b.daily };
  return { ...a, ...b, ...(Object.keys(daily).length > 0 ? { daily } : {}) };
}

/** The caps as they will be once the server has taken a patch, until it says how they are. */
export function applied(cap: HardCap, patch: CapPatch): HardCap {
  const meters = { ...cap.meters };
  for (const [name, change] of Object.entries(patch.meters ?? {}) as [CapMeter, MeterPatch][]) {
    meters[name] = { ...meters[name], ...change, daily: { ...meters[name].daily, ...change.daily } };
  }
  return { ...cap, ...patch, meters };
}

/** A change of one setting, in words. */
export type Change = { what: string; from: string; to: string };

type Words = { channels: Record<CapMeter, string>; units: Record<CapMeter, string>; money: (micros: number) => string };

/** What differs between two states of caps, one line a setting. */
export function changesOf(before: CapSettings, after: CapSettings, words: Words): Change[] {
  const money = (cents: number | null, none: string) => (cents === null ? none : words.money(cents * 10_000));
  const changes: (Change | null)[] = [
    differ("All caps", before.enabled, after.enabled, (on) => (on ? "on" : "off")),
    differ("Each channel a month", before.monthlyCapCents, after.monthlyCapCents, (cents) => money(cents, "no cap")),
  ];
  for (const channel of Object.keys(words.channels) as CapMeter[]) {
    const [a, b] = [before.meters[channel], after.meters[channel]];
    const name = words.channels[channel];
    changes.push(differ(name, a.enabled, b.enabled, (on) => (on ? "on" : "off")));
    changes.push(differ(`${name} mode`, a.mode, b.mode, (mode) => mode));
    for (const limit of LIMITS) {
      const text = (value: number | null) => {
        if (value === null) return limit === "capCents" ? "as each channel" : "no cap";
        return isMoney(limit) ? money(value, "") : `${value.toLocaleString("en-GB")} ${words.units[channel]}`;
      };
      changes.push(differ(`${name} a ${periodOf(limit)}`, limitOf(a, limit), limitOf(b, limit), text));
    }
  }
  return changes.filter((change) => change !== null);
}

function differ<Value>(what: string, from: Value, to: Value, text: (value: Value) => string): Change | null {
  return from === to ? null : { what, from: text(from), to: text(to) };
}
