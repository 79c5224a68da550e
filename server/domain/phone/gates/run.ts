import { callingHours } from "./calling-hours.ts";
import { consent } from "./consent.ts";
import { doNotCall } from "./do-not-call.ts";
import type { Facts, Gate } from "./facts.ts";
import { frequency } from "./frequency.ts";
import { number } from "./number.ts";
import { plan } from "./plan.ts";
import { reassigned } from "./reassigned.ts";
import type { GateOrder, GateReport } from "./types.ts";

/** Every gate, in the order in which they refuse. */
const LIST: readonly Gate[] = [plan, number, consent, doNotCall, reassigned, callingHours, frequency];

/** Asks every gate, also behind one that refuses: whoever reads the report sees all that stands in the way. */
export function runGates(order: GateOrder, facts: Facts, now: Date): GateReport {
  const gates = LIST.map((gate) => gate(order, facts, now));
  return { allowed: gates.every(({ verdict }) => verdict === "allow"), gates };
}
