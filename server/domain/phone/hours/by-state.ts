import { z } from "zod";
import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { instant } from "../../fields.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { type Condition, clocksFor, clockText, look, nextAllowed, nextRefused } from "../gates/clocks.ts";
import type { PhoneChannel } from "../gates/types.ts";
import { rulesFor } from "../law/hours.ts";
import { localTime } from "../places/local-time.ts";
import { ZONES_OF_STATES } from "../places/where.ts";
import { readRules } from "../rules/read.ts";
import type { CallingRules } from "../rules/schemas.ts";

const HoursInput = z.object({
  at: instant.optional().describe("Default: now."),
  channel: z.enum(["voice", "sms"]).default("voice"),
});

/** What the gate of calling hours says of somebody who is in this zone of a state. */
export type ZoneHours = {
  zone: string;
  /** `Monday 08:00` */
  localTime: string;
  isOpen: boolean;
  /** When that changes; null: not within 400 days. */
  changesAt: string | null;
  changesAtLocal: string | null;
  /** Whether that is on the same day there. */
  changesToday: boolean;
  clocks: { rule: string; zone: string; localTime: string; window: string | null; holiday: string | null }[];
};

export type StateHours = {
  state: string;
  zones: ZoneHours[];
  laws: { statute: string; note: string | null; source: "text" | "tables" }[];
};

/** Which states and territories may be called at an instant, by the same clocks as the gate of calling hours. */
export const hoursByState = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: HoursInput,
  run: async (ctx, { at = ctx.services.clock.now(), channel }) => {
    const rules = await readRules(reader(ctx), orgOf(ctx));
    const states = [...ZONES_OF_STATES].map(([state, zones]) => hoursOf(state, zones, channel, rules, at.getTime()));
    return { at: at.toISOString(), channel, states };
  },
});

function hoursOf(
  state: string,
  zones: readonly string[],
  channel: PhoneChannel,
  rules: CallingRules,
  time: number,
): StateHours {
  return {
    state,
    zones: zones.map((zone) => {
      const where = { channel, country: "US", state, zones: [zone], stateZones: [zone] };
      return inZone(zone, clocksFor(where, rules), time);
    }),
    laws: rulesFor(channel, "US", state).map(({ statute, note = null, source }) => ({ statute, note, source })),
  };
}

function inZone(zone: string, conditions: Condition[], time: number): ZoneHours {
  const isOpen = conditions.every((condition) => look(condition, time).inside);
  const changes = isOpen ? nextRefused(conditions, time) : nextAllowed(conditions, time);
  return {
    zone,
    localTime: clockText(time, zone),
    isOpen,
    changesAt: changes === null ? null : new Date(changes).toISOString(),
    changesAtLocal: changes === null ? null : clockText(changes, zone),
    changesToday: changes !== null && localTime(changes, zone).date === localTime(time, zone).date,
    clocks: conditions.map((condition) => ({
      rule: condition.name,
      zone: condition.zone,
      ...look(condition, time).shown,
    })),
  };
}
