import type { Carrier, NumberCapability, NumberQuery } from "../phone/carrier.ts";

/** Where nothing else is asked for. */
export const USUAL_COUNTRY = "US";
export const USUAL_CAPABILITIES: NumberCapability[] = ["sms", "voice"];

type Query = Omit<NumberQuery, "contains" | "limit">;
type ForSale = { phoneNumber: string; countryCode: string; numberType: string };

/** The first number that fits; null where the carrier has none. CarrierRefused, CarrierUnsure. */
export async function firstForSale(carrier: Carrier, query: Query): Promise<ForSale | null> {
  return (await search(carrier, query, 1))[0] ?? null;
}

/** One of those that fit: who chooses at the same moment seldom chooses the same one. Like firstForSale else. */
export async function someForSale(carrier: Carrier, query: Query): Promise<ForSale | null> {
  const found = await search(carrier, query, 20);
  return found[Math.floor(Math.random() * found.length)] ?? null;
}

async function search(carrier: Carrier, query: Query, limit: number): Promise<ForSale[]> {
  const found = await carrier.searchNumbers({ ...query, contains: null, limit });
  return found.map(({ phoneNumber, numberType }) => ({ phoneNumber, numberType, countryCode: query.countryCode }));
}
