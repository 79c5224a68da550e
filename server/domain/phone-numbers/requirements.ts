import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { verb } from "../verb.ts";
import { NUMBER_TYPES } from "./schemas.ts";
import { countryCode, numberType } from "./search.ts";

export const Requirements = z
  .object({
    countryCode: z.string(),
    numberType: z.enum(NUMBER_TYPES),
    carrier: z.string(),
    requirements: z.array(z.object({ name: z.string(), description: z.string(), for: z.enum(["sms", "voice"]) })),
  })
  .meta({ id: "PhoneRequirements" });
type Requirement = z.infer<typeof Requirements>["requirements"][number];

const CAMPAIGN: Requirement = {
  name: "10DLC",
  description:
    "A brand and a campaign with The Campaign Registry, by way of the carrier's console. Until then carriers block texts.",
  for: "sms",
};
const VERIFICATION: Requirement = {
  name: "toll-free verification",
  description: "The carrier verifies who texts and why, by way of its console. Until then texts are blocked.",
  for: "sms",
};
const BUNDLE: Requirement = {
  name: "identity and address",
  description:
    "Many countries want an address or papers of whoever holds a number: see the carrier's regulatory pages.",
  for: "voice",
};

/** What has to be done with the carrier before a kind of number can be used. The sandbox wants nothing. */
export const getRequirements = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: z.object({ countryCode, numberType: numberType.default("local") }),
  run: async (ctx, input): Promise<z.infer<typeof Requirements>> => {
    const carrier = ctx.services.carrier.name;
    return { ...input, carrier, requirements: carrier === "sandbox" ? [] : requirementsOf(input) };
  },
});

function requirementsOf({ countryCode, numberType }: { countryCode: string; numberType: string }): Requirement[] {
  if (countryCode !== "US" && countryCode !== "CA") return [BUNDLE];
  return [numberType === "toll_free" ? VERIFICATION : CAMPAIGN];
}
