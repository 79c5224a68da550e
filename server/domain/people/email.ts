import { z } from "zod";
import type { Config } from "#server/platform/config.ts";
import { domainOf, parseAddress } from "../email/addresses.ts";
import { invalidField } from "../errors.ts";

/** The e-mail address of a person, in lower case. */
export const personEmail = z.string().transform((text, issues) => {
  const parsed = parseAddress(text);
  if (parsed && parsed.name === null) return parsed.address.toLowerCase();
  issues.addIssue("is not an e-mail address.");
  return z.NEVER;
});

/** VALIDATION_ERROR for an address of an agent here: whoever holds its key reads its mail, and would be that person. */
export function refuseAgentsAddress(config: Config, field: string, email: string): void {
  if (domainOf(email) !== config.mailDomain) return;
  throw invalidField(field, "must be the address of a human, not of an agent on this server.");
}
