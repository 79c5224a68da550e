import { z } from "zod";
import type { ContactLocation as Row } from "#server/platform/generated/client.ts";
import { timeZone } from "../../fields.ts";
import { offsetAt } from "../places/local-time.ts";
import { zonesOfState } from "../places/where.ts";

const state = z
  .string()
  .toUpperCase()
  .refine((code) => zonesOfState(code).length > 0, "must be a state or territory of the United States, such as CA.");

/** Where the person of a number is, by the organisation: a state, a zone, or both. */
export const locationFields = {
  state: state.optional().describe("Of the United States, two letters: its law holds in place of the area code's."),
  timeZone: timeZone.optional().describe("IANA. Without one, every zone of the state counts."),
};

/** Refines an object with these fields. @param path of the fields within the input */
export function checkLocation(
  { state, timeZone }: { state?: string | undefined; timeZone?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (state === undefined && timeZone === undefined) {
    context.addIssue({ code: "custom", path: ["state"], message: "or timeZone is needed: where is the person?" });
  } else if (state !== undefined && timeZone !== undefined && !isZoneOf(state, timeZone)) {
    const zones = zonesOfState(state).join(", ");
    context.addIssue({ code: "custom", path: ["timeZone"], message: `is not one of ${state}'s: ${zones}.` });
  }
}

/** Whether a zone's clocks show, in winter and summer, what those of one of the state's zones do: zones have many names. */
function isZoneOf(state: string, zone: string): boolean {
  const year = new Date().getUTCFullYear();
  const days = [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)];
  return zonesOfState(state).some((one) => days.every((day) => offsetAt(day, one) === offsetAt(day, zone)));
}

export const ContactLocation = z
  .object({
    phoneNumber: z.string(),
    state: z.string().nullable(),
    timeZone: z.string().nullable(),
    updatedAt: z.string(),
  })
  .meta({ id: "ContactLocation" });

export function toLocation(row: Row): z.infer<typeof ContactLocation> {
  return {
    phoneNumber: row.phoneNumber,
    state: row.state,
    timeZone: row.timeZone,
    updatedAt: row.updatedAt.toISOString(),
  };
}
