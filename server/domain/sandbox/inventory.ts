import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { type AvailableNumber, type BoughtNumber, CarrierRefused, type NumberQuery } from "../phone/carrier.ts";

const CAPABILITIES = ["sms", "mms", "voice"] as const;
/** Above the reserved 555-01xx; 555-1212 is the directory's. */
const LINES = { first: 200, last: 1_199 };
const MONTHLY_CENTS = 100;
const BATCH = 100;

/** Numbers +1 <area code> 555 02xx to 11xx: of the United States and Canada, which share the plan, and nobody's. */
export async function searchNumbers({ db }: Services, query: NumberQuery): Promise<AvailableNumber[]> {
  if (!["US", "CA"].includes(query.countryCode) || query.numberType === "mobile") return [];
  const isTollFree = query.numberType === "toll_free";
  const areaCode = query.areaCode ?? (isTollFree ? "888" : query.countryCode === "CA" ? "416" : "415");
  if (!/^[2-9]\d\d$/.test(areaCode)) return [];
  const found: AvailableNumber[] = [];
  for (let line = LINES.first; line <= LINES.last && found.length < query.limit; line += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, n) => `+1${areaCode}555${String(line + n).padStart(4, "0")}`);
    const taken = await db.prisma.sandboxNumber.findMany({ where: { phoneNumber: { in: batch } } });
    const gone = new Set(taken.map(({ phoneNumber }) => phoneNumber));
    found.push(
      ...batch
        .filter((phoneNumber) => !gone.has(phoneNumber) && phoneNumber.includes(query.contains ?? ""))
        .map((phoneNumber) => ({
          phoneNumber,
          numberType: isTollFree ? ("toll_free" as const) : ("local" as const),
          capabilities: [...CAPABILITIES],
          region: null,
          monthlyCents: MONTHLY_CENTS,
        })),
    );
  }
  return found.slice(0, query.limit);
}

export async function buyNumber(
  { db, clock }: Services,
  phoneNumber: string,
  { orgId, token }: { orgId: string; token: string },
): Promise<BoughtNumber> {
  const line = Number(/^\+1[2-9]\d\d555(\d{4})$/.exec(phoneNumber)?.[1] ?? -1);
  if (line < LINES.first || line > LINES.last) throw notAvailable();
  const capabilities = [...CAPABILITIES];
  const row = { orgId, phoneNumber, providerId: `sbn_${newId()}`, token, capabilities, createdAt: clock.now() };
  await db.prisma.sandboxNumber.createMany({ data: [row], skipDuplicates: true });
  const bought = await findNumber({ db }, phoneNumber, token);
  if (!bought) throw notAvailable();
  return bought;
}

/** The number that was bought with a token; null where none was. */
export async function findNumber(
  { db }: Pick<Services, "db">,
  phoneNumber: string,
  token: string,
): Promise<BoughtNumber | null> {
  const bought = await db.prisma.sandboxNumber.findUnique({ where: { token } });
  if (bought?.phoneNumber !== phoneNumber) return null;
  return { phoneNumber, providerId: bought.providerId, capabilities: [...CAPABILITIES] };
}

/** One that was released before is gone: that is what was wanted. */
export async function releaseNumber({ db }: Services, providerId: string): Promise<void> {
  await db.prisma.sandboxNumber.deleteMany({ where: { providerId } });
}

/** CarrierRefused where the number is not the organisation's. */
export async function requireNumber(tx: Transaction, orgId: string, phoneNumber: string): Promise<void> {
  const owned = await tx.sandboxNumber.findUnique({ where: { orgId_phoneNumber: { orgId, phoneNumber } } });
  if (!owned) throw new CarrierRefused("not_owned", "the number is not one of the organisation's", false);
}

function notAvailable(): CarrierRefused {
  return new CarrierRefused("not_available", "the number is not to be had", false);
}
