import type { Prisma, Transaction } from "#server/platform/database.ts";
import type { Meter, Tier } from "#server/platform/tiers.ts";
import { periodsAt } from "../../billing/periods.ts";
import { planRemediation } from "../../billing/refusal.ts";
import { wouldRefuse } from "../../billing/would-refuse.ts";
import { type Context, orgOf, type Services } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { countryOfNumber, parseNumber } from "../places/number.ts";
import { MOST_CALLS, MOST_TEXTS } from "../rules/limits.ts";
import { readRules } from "../rules/read.ts";
import { namedRecord } from "./consent.ts";
import type { Facts } from "./facts.ts";
import { FREQUENCY_WINDOW_MS } from "./frequency.ts";
import { knownSince, lookUp } from "./look-up.ts";
import { number as numberGate } from "./number.ts";
import type { GateOrder } from "./types.ts";

/** Gathers all that the gates look at. Asks the carrier where the number may be called at all. */
export async function loadFacts(ctx: Context, order: GateOrder): Promise<Facts> {
  const { services } = ctx;
  const { prisma } = services.db;
  const orgId = orgOf(ctx);
  const organization = await services.directory.organization(orgId);
  if (!organization) throw notFound("organization");
  const tier = organization.tier as Tier;
  const meters = metersOf(order);
  const rules = await readRules(prisma, orgId);
  const home = order.from === null ? null : countryOfNumber(order.from);
  const number = parseNumber(order.to, home ?? "US");
  const countries = rules.countries ?? [home ?? "US"];
  const { quota } = services.config.plans[tier].meters[meters[0]];
  const base = {
    plan: {
      tier,
      quota,
      remediation: quota === 0 ? planRemediation(services, tier, (plan) => plan.meters[meters[0]].quota, 0) : {},
    },
    number,
    countries,
    rules,
  };
  const e164 = number.number?.e164;
  if (e164 === undefined) return { ...base, ...NOTHING_KNOWN };

  const now = services.clock.now();
  const changing = await loadChanging(prisma, orgId, order, e164, now);
  const mayBeAsked = numberGate(order, { ...base, ...NOTHING_KNOWN }, now).verdict === "allow";
  const [asked, spend] = await Promise.all([
    mayBeAsked ? lookUp(services, orgId, e164, knownSince(order, changing.consent, now)) : NOTHING_KNOWN.lookUp,
    spendOf(services, { orgId, timeZone: organization.timeZone }, order, meters, now),
  ]);
  return {
    ...base,
    consent: changing.consent,
    doNotCall: changing.doNotCall,
    location: changing.location,
    lookUp: asked,
    frequency: { attempts: changing.attempts, dials: null, spend },
  };
}

const NOTHING_KNOWN = {
  consent: { record: null, revokedAt: null },
  doNotCall: { listed: null, optedOut: null },
  location: null,
  lookUp: { answer: null, failed: null },
  frequency: { attempts: [], dials: null, spend: null },
} satisfies Partial<Facts>;

/** What an order is counted by; the first one is what the plan must have. */
function metersOf(order: GateOrder): readonly [Meter, ...Meter[]] {
  if (order.channel === "sms") return ["sms_sent"];
  return [order.tier === "premium" ? "voice_minutes_premium" : "voice_minutes_basic", "voice_calls"];
}

type Changing = Pick<Facts, "consent" | "doNotCall" | "location"> & { attempts: Date[] };

/** What may change between the gates and the acceptance: read once before, and again while (org, number) is held. */
export async function loadChanging(
  db: Transaction,
  orgId: string,
  order: GateOrder,
  phoneNumber: string,
  now: Date,
): Promise<Changing> {
  const key = { orgId_phoneNumber: { orgId, phoneNumber } };
  const revocation = await db.consentRevocation.findUnique({ where: key });
  const named = namedRecord(order);
  const newest = (which: Prisma.ConsentWhereInput) =>
    db.consent.findFirst({
      where: {
        orgId,
        phoneNumber,
        revokedAt: null,
        ...(revocation === null ? {} : { givenAt: { gt: revocation.revokedAt } }),
        ...which,
      },
      orderBy: { givenAt: "desc" },
      select: { id: true, source: true, givenAt: true, channels: true },
    });
  // A newer one for the other channel takes nothing back.
  const record = named
    ? await newest({ id: named })
    : ((await newest({ channels: { has: order.channel } })) ?? (await newest({})));
  const listed = await db.doNotCall.findUnique({ where: key, select: { createdAt: true, source: true } });
  const optedOut = await db.optOut.findUnique({ where: key, select: { createdAt: true, channel: true, word: true } });
  const location = await db.contactLocation.findUnique({ where: key, select: { state: true, timeZone: true } });
  const attempts = await db.dialAttempt.findMany({
    where: {
      orgId,
      phoneNumber,
      channel: order.channel,
      at: { gt: new Date(now.getTime() - FREQUENCY_WINDOW_MS) },
    },
    orderBy: { at: "desc" },
    take: Math.max(MOST_CALLS, MOST_TEXTS),
    select: { at: true },
  });
  return {
    consent: { record, revokedAt: revocation?.revokedAt ?? null },
    doNotCall: {
      listed: listed && { since: listed.createdAt, source: listed.source },
      optedOut: optedOut && { since: optedOut.createdAt, channel: optedOut.channel, word: optedOut.word },
    },
    location,
    attempts: attempts.map(({ at }) => at),
  };
}

/** What a cap or the plan would refuse of it: the first minute of a call, all segments of a text. */
async function spendOf(
  services: Services,
  org: { orgId: string; timeZone: string },
  order: GateOrder,
  meters: readonly Meter[],
  now: Date,
): Promise<Facts["frequency"]["spend"]> {
  const { day } = periodsAt(now, org.timeZone);
  // Calls first: that a plan has no more of them has codes of its own.
  for (const meter of meters.toReversed()) {
    const units = order.channel === "sms" ? (order.segments ?? 1) : 1;
    const refusal = await wouldRefuse(services, { orgId: org.orgId, agentId: order.agentId, meter, units, day });
    if (refusal) return { code: refusal.code, detail: refusal.message, details: refusal.details };
  }
  return null;
}
