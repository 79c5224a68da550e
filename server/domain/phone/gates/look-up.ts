import type { Services } from "../../context.ts";
import type { LookUp } from "../carrier.ts";
import { CONSENT_SOURCES, isConsentSource } from "../law/consent-sources.ts";
import type { Facts } from "./facts.ts";
import type { GateOrder } from "./types.ts";

const DAY_MS = 86_400_000;
/** How long an answer of the carrier's is kept. */
export const LOOK_UP_DAYS = 30;

/** Since when the number has to be the person's: the consent's time; of an assertion, the oldest that it can be of. */
export function knownSince(order: GateOrder, consent: Facts["consent"], now: Date): Date {
  if (consent.record) return consent.record.givenAt;
  const source = order.metadata?.consent_source;
  const days = isConsentSource(source)
    ? CONSENT_SOURCES[source].oldestDays
    : CONSENT_SOURCES["business-relationship"].oldestDays;
  return new Date(now.getTime() - days * DAY_MS);
}

/**
 * Whether a number has changed hands since a date: by what the carrier said in the last 30 days where that answers it,
 * else by asking. Asks the network, so never inside a transaction.
 */
export async function lookUp(
  services: Services,
  orgId: string,
  phoneNumber: string,
  since: Date,
): Promise<Facts["lookUp"]> {
  const now = services.clock.now();
  const key = { orgId_phoneNumber: { orgId, phoneNumber } };
  const stored = await services.db.prisma.numberLookUp.findUnique({ where: key });
  if (stored && now.getTime() - stored.askedAt.getTime() < LOOK_UP_DAYS * DAY_MS) {
    const { lineType, reassigned, ported, askedAt } = stored;
    const known = { lineType, reassigned, ported } as LookUp;
    if (answers(known.reassigned, stored.since, since)) return { answer: { ...known, askedAt, since: stored.since } };
  }
  let answer: LookUp;
  try {
    answer = await services.carrier.lookUp(phoneNumber, since);
  } catch (error) {
    services.log.warn({ err: error }, "the carrier's look-up failed");
    return { answer: null, failed: "the carrier's look-up failed" };
  }
  const { lineType, reassigned, ported } = answer;
  const row = { since, lineType, reassigned, ported, askedAt: now };
  await services.db.prisma.numberLookUp.upsert({ where: key, create: { orgId, phoneNumber, ...row }, update: row });
  return { answer: { ...answer, askedAt: now, since } };
}

/** Whether what was said of one span of time answers for another: not within a longer one is not within a shorter one. */
function answers(said: LookUp["reassigned"], since: Date, wanted: Date): boolean {
  return said === "yes" ? wanted <= since : wanted >= since;
}
