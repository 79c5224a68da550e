import type { GateName } from "#server/domain/phone/gates/types.ts";

/** The gates that every call and text passes, as people call them. */
const NAMES: Record<GateName, string> = {
  plan: "Plan",
  number: "Number",
  consent: "Consent",
  do_not_call: "Do not call",
  reassigned: "Reassigned",
  calling_hours: "Calling hours",
  frequency: "Frequency",
};

/** @param gate null: it was refused before any gate was asked */
export function gateName(gate: string | null): string {
  return gate === null ? "Before the gates" : (NAMES[gate as GateName] ?? gate);
}
