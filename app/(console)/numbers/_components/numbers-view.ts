import { parseAsString } from "nuqs/server";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import { phoneDigits } from "../../../_lib/phone-digits.ts";

/** What of the list of numbers is in the address bar. */
export const numbersView = {
  search: parseAsString.withDefault(""),
  agent: parseAsString,
  /** The sheet that buys one is open: for the agent of this id, or for one that is still to be chosen (`new`). */
  buy: parseAsString,
};

/** Whether a number is shown: its digits, however they are written, or its agent's name. */
export function fits(number: NumberView, search: string, agent: string | null): boolean {
  if (agent !== null && number.agentId !== agent) return false;
  const digits = phoneDigits(search);
  if (digits !== null && number.phoneNumber.includes(digits)) return true;
  return number.agentName.toLowerCase().includes(search.trim().toLowerCase());
}
