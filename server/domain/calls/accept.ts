import type { Transaction } from "#server/platform/database.ts";
import type { Call, PhoneNumber, Prisma } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { requireStillActive } from "../agents/resolve.ts";
import { periodsAt } from "../billing/periods.ts";
import { recordUsage } from "../billing/record-usage.ts";
import { toRefusal } from "../billing/refusal.ts";
import { reserveIn } from "../billing/reservations.ts";
import { LimitReached, spendIn, spending } from "../billing/spend.ts";
import type { Context } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError } from "../errors.ts";
import { claimKey, KeyTaken, storeAnswer } from "../idempotency/claim.ts";
import { claimAttempt, type passGates } from "../phone/gates/check.ts";
import { refused } from "../phone/refusal.ts";
import { emit, openTransaction } from "../transaction.ts";
import type { CreateCallInput } from "./create.ts";
import { appendFrame } from "./frames.ts";
import { meterOf, minutesOf, withMinutesLeft } from "./minutes.ts";
import { callEvent, lockCallBudgets } from "./record.ts";
import { CREATE_STATUS, type CreatedCall, toCreatedCall } from "./schemas.ts";

export type AcceptedOrder = {
  agent: AgentProfile;
  number: PhoneNumber;
  passed: Awaited<ReturnType<typeof passGates>>;
  input: CreateCallInput;
};

// How much longer than the longest call its minutes are held, for news that comes late.
const GRACE_S = 3_600;
/** How long a call may ring. */
export const RING_S = 120;

/** For how many seconds the minutes of a call are held at the most. */
export function heldFor(maxSeconds: number): number {
  return RING_S + maxSeconds + GRACE_S;
}

/**
 * Accepts a call in one transaction: the claim of the idempotency key, the attempt, the call and its minutes against all
 * limits, the row, the event and through it the job that asks the carrier. Where fewer minutes are left than were asked
 * for, the call may last as long as those.
 */
export async function acceptCall(ctx: Context, order: AcceptedOrder): Promise<CreatedCall> {
  const { services } = ctx;
  const { agent, input, passed } = order;
  const meter = meterOf(input.tier);
  const plan = await tierOf(ctx, agent.orgId);
  const minutes = minutesOf(input.maxDurationSeconds);
  try {
    return await withMinutesLeft(services, { tier: input.tier, plan, minutes }, (held) =>
      spending(services, agent.orgId, ["voice_calls", meter], () =>
        openTransaction(services, (tx) => write(ctx, tx, order, held)),
      ),
    );
  } catch (error) {
    const attempted = { event: "voice.call.refused", to: passed.to } as const;
    if (error instanceof DomainError) throw refused(ctx, agent, attempted, error);
    if (!(error instanceof LimitReached)) throw error;
    services.budgetWatch.touch(agent.orgId, agent.agentId, meter, error);
    throw refused(ctx, agent, attempted, await toRefusal(services, agent.orgId, error));
  } finally {
    services.budgetWatch.touch(agent.orgId, agent.agentId, meter);
  }
}

async function write(
  ctx: Context,
  tx: Transaction,
  { agent, number, passed, input }: AcceptedOrder,
  minutes: number,
): Promise<CreatedCall> {
  const { services } = ctx;
  const { orgId, agentId } = agent;
  const now = services.clock.now();
  const id = newId();
  if (ctx.claim && !(await claimKey(services, tx, ctx.claim))) throw new KeyTaken();
  await requireStillActive(ctx, tx, agent);
  await claimAttempt(tx, ctx, passed, id);
  await lockCallBudgets(tx, orgId);
  const spending = { orgId, agentId, day: periodsAt(now, agent.org.timeZone).day };
  const charge = await spendIn(tx, { ...spending, meter: "voice_calls", units: 1 });
  const maxSeconds = Math.min(input.maxDurationSeconds, minutes * 60);
  const reservationId = await reserveIn(services, tx, {
    ...spending,
    meter: meterOf(input.tier),
    units: minutes,
    resourceId: id,
    expiresAt: new Date(now.getTime() + heldFor(maxSeconds) * 1_000),
  });
  const call: Call = {
    ...emptyCall(services.carrier.name, now),
    orgId,
    id,
    agentId,
    phoneNumberId: number.id,
    direction: "OUTBOUND",
    tier: input.tier,
    state: "queued",
    fromNumber: number.phoneNumber,
    toNumber: passed.to,
    greeting: input.greeting ?? null,
    voiceId: input.voiceId ?? input.voice?.voiceId ?? null,
    language: input.language ?? null,
    systemPrompt: input.systemPrompt ?? input.agentConfig?.systemPrompt ?? null,
    requestId: input.requestId ?? null,
    metadata: (input.metadata ?? {}) as Prisma.JsonObject,
    correlationId: ctx.correlationId,
    reservationId,
    maxSeconds,
  };
  const event = {
    ...callEvent(call, "voice.call.queued", "SUCCESS", { tier: call.tier, minutes }, ctx),
    parentId: null,
  };
  call.eventId = await emit(services, tx, event, { task: "place-call", payload: { orgId, callId: id } });
  await tx.call.create({ data: { ...call, metadata: call.metadata as Prisma.InputJsonObject } });
  await recordUsage(tx, {
    orgId,
    agentId,
    eventId: call.eventId,
    meter: "voice_calls",
    quantity: 1,
    resourceId: id,
    now,
    ...charge,
  });
  await appendFrame(tx, call, { type: "call.queued", from: call.fromNumber, to: call.toNumber, tier: call.tier }, now);
  const answer = toCreatedCall(call);
  if (ctx.claim) {
    const headers = { "content-type": "application/json", "x-correlation-id": ctx.correlationId };
    await storeAnswer(services, tx, ctx.claim, { status: CREATE_STATUS, headers, body: JSON.stringify(answer) });
  }
  return answer;
}

/** What a call is before anything is known of it. */
export function emptyCall(
  carrier: string,
  now: Date,
): Omit<
  Call,
  | "orgId"
  | "id"
  | "agentId"
  | "phoneNumberId"
  | "direction"
  | "tier"
  | "state"
  | "fromNumber"
  | "toNumber"
  | "correlationId"
  | "reservationId"
  | "maxSeconds"
> {
  return {
    carrier,
    carrierId: null,
    greeting: null,
    voiceId: null,
    language: null,
    systemPrompt: null,
    requestId: null,
    metadata: {},
    eventId: "",
    dialledAt: null,
    answeredBy: null,
    startedAt: now,
    answeredAt: null,
    endedAt: null,
    endReason: null,
    endAsked: null,
    hangupReason: null,
    durationSeconds: null,
    onHold: false,
    attendedUntil: null,
    recordingUrl: null,
    recordingSeconds: null,
    frames: 0,
    segments: 0,
    createdAt: now,
  };
}

async function tierOf(ctx: Context, orgId: string): Promise<Tier> {
  const organization = await ctx.services.directory.organization(orgId);
  return (organization?.tier ?? "FREE") as Tier;
}
