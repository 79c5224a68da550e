import type { Transaction } from "#server/platform/database.ts";
import type { Call, PhoneNumber } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { periodsAt } from "../billing/periods.ts";
import { reserveIn } from "../billing/reservations.ts";
import { LimitReached, spending } from "../billing/spend.ts";
import type { Services } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { chainBetween } from "../phone/chain.ts";
import type { CarrierNews } from "../phone/news.ts";
import { isFirst } from "../phone/seen.ts";
import { holderOf } from "../phone-numbers/find.ts";
import { emit, openTransaction, type recordDenial } from "../transaction.ts";
import { emptyCall, heldFor } from "./accept.ts";
import { appendFrame } from "./frames.ts";
import { meterOf, minutesOf, withMinutesLeft } from "./minutes.ts";
import { callEvent, lockCallBudgets } from "./record.ts";

type Incoming = Extract<CarrierNews, { kind: "call_incoming" }>;

const TIER = "basic";
const MAX_SECONDS = 1_800;

/**
 * Somebody calls a number of an agent: the call rings until the agent accepts or rejects it. One that cannot be taken
 * (nobody has the number, the agent may not act, no minutes are left) is rejected.
 */
export async function receiveCall(services: Services, news: Incoming): Promise<void> {
  const number = await holderOf(services.db.prisma, news.to);
  const agent = number ? await services.directory.agent(number.orgId, number.agentId) : null;
  if (!number || !agent) {
    services.log.info("a call came for a number that nobody has");
    return services.carrier.rejectCall(news.carrierId);
  }
  const refusal = await refusalOf(services, number, agent, news);
  if (refusal === null) return;
  await openTransaction(services, async (tx) => {
    if (await isFirst(services, tx, number.orgId, news))
      await emit(services, tx, refusedEvent(services, number, news, refusal));
  });
  await services.carrier.rejectCall(news.carrierId);
}

/** Takes the call in. @returns why it could not be, null where it is in */
async function refusalOf(
  services: Services,
  number: PhoneNumber,
  agent: AgentProfile,
  news: Incoming,
): Promise<string | null> {
  if (agent.org.status !== "ACTIVE") return "ORG_STOPPED";
  if (agent.status !== "ACTIVE") return "AGENT_PAUSED";
  const { orgId } = number;
  const plan = ((await services.directory.organization(orgId))?.tier ?? "FREE") as Tier;
  try {
    await withMinutesLeft(services, { tier: TIER, plan, minutes: minutesOf(MAX_SECONDS) }, (minutes) =>
      spending(services, orgId, meterOf(TIER), () =>
        openTransaction(services, (tx) => write(services, tx, number, agent, news, minutes)),
      ),
    );
    return null;
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    services.budgetWatch.touch(orgId, agent.agentId, meterOf(TIER), error);
    return "PAYMENT_REQUIRED";
  }
}

async function write(
  services: Services,
  tx: Transaction,
  number: PhoneNumber,
  agent: AgentProfile,
  news: Incoming,
  minutes: number,
): Promise<void> {
  const { orgId, agentId } = number;
  if (!(await isFirst(services, tx, orgId, news))) return;
  const now = services.clock.now();
  const id = newId();
  const chain = await chainBetween(tx, { orgId, agentId, ours: news.to, theirs: news.from, now });
  await lockCallBudgets(tx, orgId);
  const maxSeconds = Math.min(MAX_SECONDS, minutes * 60);
  const reservationId = await reserveIn(services, tx, {
    orgId,
    agentId,
    meter: meterOf(TIER),
    units: minutes,
    day: periodsAt(now, agent.org.timeZone).day,
    resourceId: id,
    expiresAt: new Date(now.getTime() + heldFor(maxSeconds) * 1_000),
  });
  const call: Call = {
    ...emptyCall(services.carrier.name, now),
    orgId,
    id,
    agentId,
    phoneNumberId: number.id,
    direction: "INBOUND",
    tier: TIER,
    state: "ringing",
    fromNumber: news.from,
    toNumber: news.to,
    carrierId: news.carrierId,
    correlationId: chain?.correlationId ?? `corr_${newId()}`,
    reservationId,
    maxSeconds,
    startedAt: news.at,
  };
  const event = { ...callEvent(call, "voice.call.received", "SUCCESS", { minutes }), parentId: chain?.eventId ?? null };
  call.eventId = await emit(services, tx, event);
  await tx.call.create({ data: { ...call, metadata: {} } });
  const { fromNumber: from, toNumber: to } = call;
  const frame = { type: "call.incoming" as const, from, to, phoneIdentityId: number.id, defaultTier: TIER };
  await appendFrame(tx, call, frame, now);
}

function refusedEvent(
  services: Services,
  number: PhoneNumber,
  news: Incoming,
  code: string,
): Parameters<typeof recordDenial>[1] {
  return {
    orgId: number.orgId,
    channel: "voice",
    event: "voice.call.refused",
    direction: "INBOUND",
    result: "DENIED",
    agentId: number.agentId,
    actorType: "SYSTEM",
    actorId: services.carrier.name,
    resourceType: "phone_number",
    resourceId: number.id,
    correlationId: `corr_${newId()}`,
    data: { code },
    personal: { detail: `${code}: from ${news.from}`, from: news.from, to: news.to },
  };
}
