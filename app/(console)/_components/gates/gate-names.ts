/** The gates that every call and text passes, as people call them. */
export const GATE_NAMES: Record<string, string> = {
  plan: "plan and number",
  number: "destination",
  consent: "consent",
  do_not_call: "do not call",
  reassigned: "reassigned numbers",
  calling_hours: "hours",
  frequency: "frequency and caps",
};
