import type { Transaction } from "#server/platform/database.ts";
import type { NumberOrder, PhoneNumber } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { periodsAt } from "../billing/periods.ts";
import { requireRoom } from "../billing/stocks.ts";
import { type Context, eventBase, type IdempotencyClaim, type Services } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { claimKey, storeAnswer } from "../idempotency/claim.ts";
import { lockOrganization } from "../organizations/lock.ts";
import type { BoughtNumber } from "../phone/carrier.ts";
import { refuseRepeated } from "../phone/refusal.ts";
import { tokenOf } from "../phone/token.ts";
import { emit, openTransaction } from "../transaction.ts";
import { heldNumbers } from "./find.ts";
import { recordMonth } from "./month.ts";
import { type NumberActor, numberEvent } from "./record.ts";
import { type PhoneIdentity, toPhoneIdentity } from "./schemas.ts";

export const PROVISION_STATUS = 201;

export type Wanted = { phoneNumber: string | null; countryCode: string; numberType: string };

/** An order that says which number: the carrier may have been asked for it. */
export type ChosenOrder = NumberOrder & { phoneNumber: string };

/** What the carrier is asked with: a repeat with the same token buys nothing twice. */
export function askedWith({ orgId, id }: NumberOrder): { orgId: string; token: string } {
  return { orgId, token: tokenOf(orgId, id) };
}

/** The order that an earlier try of this request has left: one that died, or that the carrier did not answer. */
export async function findOrder(db: Transaction, claim: IdempotencyClaim | undefined): Promise<ChosenOrder | null> {
  if (!claim) return null;
  const { scope: orgId, principal: claimPrincipal, key: claimKey, fingerprint } = claim;
  const order = await db.numberOrder.findFirst({ where: { orgId, claimPrincipal, claimKey } });
  return order?.claimFingerprint && fingerprint.equals(order.claimFingerprint) ? chosen(order) : null;
}

/** Null where nobody has chosen a number for it yet. */
export function chosen(order: NumberOrder): ChosenOrder | null {
  const { phoneNumber } = order;
  return phoneNumber === null ? null : { ...order, phoneNumber };
}

/**
 * Writes down that a number is wanted, before the carrier is asked for it, and keeps the plan's room for it.
 * PAYMENT_REQUIRED where the plan has none.
 */
export async function writeOrder(
  ctx: Context,
  agent: AgentProfile,
  wanted: Wanted & { phoneNumber: string },
): Promise<ChosenOrder> {
  const { services, claim } = ctx;
  const { orgId, agentId } = agent;
  return openTransaction(services, async (tx) => {
    const { tier } = await lockOrganization(tx, orgId);
    // Another process may have had the same request meanwhile.
    await refuseRepeated(ctx, tx);
    const known = await findOrder(tx, claim);
    if (known) return known;
    await requireRoomForNumber(ctx, tx, tier as Tier, agentId);
    return { ...(await insertOrder(ctx, tx, agent, wanted)), phoneNumber: wanted.phoneNumber };
  });
}

/** PAYMENT_REQUIRED where the plan has no room for another number. The caller holds the organisation's row. */
export async function requireRoomForNumber(ctx: Context, tx: Transaction, tier: Tier, agentId?: string): Promise<void> {
  const event = { channel: "voice" as const, event: "voice.number.refused" };
  await requireRoom(ctx, tx, tier, "phone_numbers", agentId === undefined ? event : { ...event, agentId });
}

/** Writes the order; its room was asked for in the same transaction. */
export function insertOrder(
  ctx: Context,
  tx: Transaction,
  { orgId, agentId }: { orgId: string; agentId: string },
  wanted: Wanted,
): Promise<NumberOrder> {
  const { services, claim } = ctx;
  return tx.numberOrder.create({
    data: {
      ...wanted,
      orgId,
      id: newId(),
      agentId,
      carrier: services.carrier.name,
      orderedBy: eventBase(ctx),
      claimPrincipal: claim?.principal ?? null,
      claimKey: claim?.key ?? null,
      claimFingerprint: claim ? new Uint8Array(claim.fingerprint) : null,
      createdAt: services.clock.now(),
    },
  });
}

/**
 * The carrier does not have it: the room that was kept for it is free again.
 *
 * @param reason the carrier's code, or what else became of the order
 */
export async function forgetOrder(services: Services, order: NumberOrder, reason: string): Promise<void> {
  const { orgId, id } = order;
  await openTransaction(services, async (tx) => {
    const { count } = await tx.numberOrder.deleteMany({ where: { orgId, id } });
    if (count === 0) return;
    const event = numberEvent(order, "voice.number.failed", order.orderedBy as NumberActor, { reason });
    await emit(services, tx, { ...event, result: "FAILURE" });
  });
}

/**
 * The carrier has it: it is the agent's, and charged. Whoever settles an order second gets what the first one made of it.
 *
 * @returns null where nobody wants it any more (its agent was deleted, or the order was given up): it goes back
 */
export async function settleOrder(
  services: Services,
  order: NumberOrder,
  bought: BoughtNumber,
): Promise<PhoneIdentity | null> {
  return openTransaction(services, async (tx) => {
    const { orgId, id, agentId } = order;
    const { timeZone } = await lockOrganization(tx, orgId);
    const { count: stands } = await tx.numberOrder.deleteMany({ where: { orgId, id } });
    const key = { orgId_id: { orgId, id } };
    const settled = stands === 0 ? await tx.phoneNumber.findUnique({ where: key }) : null;
    if (settled) return settled.releasedAt === null ? answerOf(tx, settled) : null;
    const agent = await tx.agent.findUnique({ where: { orgId_id: { orgId, id: agentId } }, select: { status: true } });
    const isWanted = stands === 1 && agent !== null && agent.status !== "DELETED";
    const now = services.clock.now();
    const row: PhoneNumber = {
      orgId,
      id,
      agentId,
      phoneNumber: bought.phoneNumber,
      countryCode: order.countryCode,
      numberType: order.numberType,
      capabilities: bought.capabilities,
      carrier: order.carrier,
      providerId: bought.providerId,
      paidMonth: new Date(`${periodsAt(now, timeZone).month}T00:00:00Z`),
      createdAt: now,
      releasedAt: isWanted ? null : now,
      returnedAt: null,
    };
    const by = order.orderedBy as NumberActor;
    if (!isWanted) {
      await tx.phoneNumber.create({ data: row });
      const event = numberEvent(row, "voice.number.released", by, { reason: "UNWANTED" });
      await emit(services, tx, event, { task: "return-number", payload: { orgId, id } });
      return null;
    }
    const eventId = await emit(services, tx, numberEvent(row, "voice.number.provisioned", by));
    await tx.phoneNumber.create({ data: row });
    await recordMonth(services, tx, row, { eventId, timeZone });
    const answer = await answerOf(tx, row);
    await answerClaim(services, tx, order, answer);
    return answer;
  });
}

async function answerOf(tx: Transaction, row: PhoneNumber): Promise<PhoneIdentity> {
  return toPhoneIdentity(row, (await heldNumbers(tx, row.orgId, [row.agentId]))[0]?.id === row.id);
}

/** What a repeat of the request is answered, whoever has settled its order. */
async function answerClaim(
  services: Services,
  tx: Transaction,
  { orgId: scope, orderedBy, claimPrincipal: principal, claimKey: key, claimFingerprint }: NumberOrder,
  answer: PhoneIdentity,
): Promise<void> {
  if (principal === null || key === null || claimFingerprint === null) return;
  const claim = { scope, principal, key, fingerprint: Buffer.from(claimFingerprint) };
  if (!(await claimKey(services, tx, claim))) return;
  const { correlationId } = orderedBy as NumberActor;
  const headers = { "content-type": "application/json", "x-correlation-id": correlationId };
  await storeAnswer(services, tx, claim, { status: PROVISION_STATUS, headers, body: JSON.stringify(answer) });
}
