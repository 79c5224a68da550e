import { type Carrier, CarrierRefused, type LookUp } from "#server/domain/phone/carrier.ts";
import type { TestApp } from "./app.ts";

/** What is asked about numbers, and what is answered. Numbers that are not named have not changed hands. */
export type LookUps = {
  asked: { phoneNumber: string; since: Date }[];
  answers: Map<string, Partial<LookUp> | "fails">;
};

/** Puts a carrier into the server of a test that only looks numbers up, by what the test says of them. */
export function answerLookUps(app: TestApp): LookUps {
  const lookUps: LookUps = { asked: [], answers: new Map() };
  const carrier: Pick<Carrier, "name" | "lookUp"> = {
    name: "sandbox",
    async lookUp(phoneNumber, since) {
      lookUps.asked.push({ phoneNumber, since });
      const answer = lookUps.answers.get(phoneNumber);
      if (answer === "fails") throw new CarrierRefused("unavailable", "the network is down", true);
      return { lineType: "mobile", reassigned: "no", ported: null, ...answer };
    },
  };
  Object.assign(app.runtime, { carrier });
  return lookUps;
}
