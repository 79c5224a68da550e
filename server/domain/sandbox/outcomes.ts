import type { LookUp } from "../phone/carrier.ts";
import type { EndReason } from "../phone/news.ts";

/** What becomes of a call and of a message to a number. Times are seconds after the order. */
export type Outcome = {
  call: {
    ringsAfter: number | null;
    answeredAfter: number | null;
    by: "person" | "machine";
    /** What is heard first, by a machine. */
    says: string | null;
    /** Ends by itself: so long after the answer, or after the order where nobody answers. */
    ends: { after: number; reason: EndReason } | null;
  };
  message: { fails: string | null; reply: string | null };
  reassigned: LookUp["reassigned"];
  /** The carrier takes an order and does not say so. */
  timesOut: boolean;
  lookUpFails: boolean;
};

const PERSON: Outcome["call"] = { ringsAfter: 1, answeredAfter: 3, by: "person", says: null, ends: null };
const notAnswered = (ringsAfter: number | null, after: number, reason: EndReason): Outcome["call"] => ({
  ...PERSON,
  ringsAfter,
  answeredAfter: null,
  ends: { after, reason },
});
const USUAL: Outcome = {
  call: PERSON,
  message: { fails: null, reply: null },
  reassigned: "no",
  timesOut: false,
  lookUpFails: false,
};
const MACHINE: Outcome["call"] = {
  ringsAfter: 1,
  answeredAfter: 6,
  by: "machine",
  says: "Please leave a message after the tone.",
  ends: { after: 30, reason: "completed" },
};

type Row = { from: number; to: number; meaning: string; outcome: Outcome };
const row = (line: number, meaning: string, difference: Partial<Outcome>): Row => ({
  from: line,
  to: line,
  meaning,
  outcome: { ...USUAL, ...difference },
});

/**
 * The numbers +1 <any area code> 555 01xx, which belong to nobody (they are kept for fiction): the last two digits decide
 * what happens. Every other number is like 00. The docs show this table.
 */
export const OUTCOMES: readonly Row[] = [
  { from: 0, to: 49, meaning: "A person answers after 3 seconds; messages are delivered.", outcome: USUAL },
  row(50, "A machine answers, speaks, and hangs up after 30 seconds.", { call: MACHINE }),
  row(51, "Busy.", { call: notAnswered(null, 2, "busy") }),
  row(52, "Rings for 30 seconds; nobody answers.", { call: notAnswered(1, 30, "no_answer") }),
  row(53, "The person rejects the call.", { call: notAnswered(1, 4, "rejected") }),
  row(54, "A person answers; the line drops after 20 seconds.", {
    call: { ...PERSON, ends: { after: 20, reason: "failed" } },
  }),
  row(55, "The look-up says that the number was reassigned.", { reassigned: "yes" }),
  row(56, "Messages cannot be delivered.", { message: { fails: "undeliverable", reply: null } }),
  row(57, "Messages are delivered, and STOP comes back.", { message: { fails: null, reply: "STOP" } }),
  row(58, "Nobody has this number.", {
    call: notAnswered(null, 1, "failed"),
    message: { fails: "unallocated", reply: null },
  }),
  row(59, "The carrier takes the order, but its answer never arrives.", { timesOut: true }),
  row(60, "The look-up has no data on reassignment.", { reassigned: "no_data" }),
  row(61, "The look-up fails.", { lookUpFails: true }),
];

/** What the sandbox does with a number in E.164. */
export function outcomeOf(phoneNumber: string): Outcome {
  const line = /^\+1\d{3}55501(\d\d)$/.exec(phoneNumber)?.[1];
  if (line === undefined) return USUAL;
  return OUTCOMES.find(({ from, to }) => Number(line) >= from && Number(line) <= to)?.outcome ?? USUAL;
}
