import { expect, it } from "vitest";
import type { HardCap } from "#server/domain/billing/state.ts";
import { applied, changesOf, limitPatch, mergePatch } from "./cap-settings.ts";
import { CHANNEL_NAMES, UNIT_NAMES } from "./caps-view.ts";
import { limitValue } from "./limit-field.tsx";

const words = { channels: CHANNEL_NAMES, units: UNIT_NAMES, money: (micros: number) => `$${micros / 1_000_000}` };
const meter = {
  enabled: true,
  mode: "block" as const,
  capCents: null,
  capUnits: null,
  daily: { capCents: null, capUnits: null },
};
const before = { enabled: true, monthlyCapCents: 2_900, meters: { email: meter, sms: meter, voice: meter } };

it("says what a change changes, line by line, in money and units", () => {
  const voice = { ...meter, mode: "alert-only" as const, capCents: 1_250, daily: { capCents: 0, capUnits: 40 } };
  const after = { enabled: false, monthlyCapCents: null, meters: { ...before.meters, voice } };
  expect(changesOf(before, after, words)).toEqual([
    { what: "All caps", from: "on", to: "off" },
    { what: "Each channel a month", from: "$29", to: "no cap" },
    { what: "Voice mode", from: "block", to: "alert-only" },
    { what: "Voice a month", from: "as each channel", to: "$12.5" },
    { what: "Voice a day", from: "no cap", to: "$0" },
    { what: "Voice a day", from: "no cap", to: "40 minutes" },
  ]);
  expect(changesOf(before, before, words)).toEqual([]);
});

it("shows a patch at once as the server will take it: what is not named stays", () => {
  const daily = mergePatch(limitPatch("daily.capUnits", 5), limitPatch("daily.capCents", 700));
  const patch = { meters: { email: mergePatch(daily, limitPatch("capUnits", null)) } };
  const shown = applied({ ...before, usage: {}, notices: [] } as unknown as HardCap, patch);
  expect(shown.meters.email).toEqual({ ...meter, daily: { capCents: 700, capUnits: 5 } });
  expect(shown.meters.sms).toBe(meter);
  expect(shown.monthlyCapCents).toBe(2_900);
});

it("reads what was typed as a limit, and nothing as no limit but an empty field", () => {
  const typed = (isMoney: boolean) => (text: string) => limitValue(text, isMoney);
  expect(["12.50", " 0 ", "0.005"].map(typed(true))).toEqual([1_250, 0, 0.5]);
  expect(["40", "-1"].map(typed(false))).toEqual([40, -1]);
  expect(["", "abc", "12,50", "Infinity", "1e999", "9".repeat(400)].map(typed(false))).toEqual(
    Array(6).fill(Number.NaN),
  );
  expect(limitValue(null, true)).toBeNull();
});
