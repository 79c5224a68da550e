import type { EventInput, JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import { type Context, eventBase } from "../context.ts";

/** The fields that every event of a call shares, whoever it comes from. */
export function callEvent(
  call: Call,
  event: `voice.call.${string}`,
  result: EventInput["result"],
  data: JsonObject = {},
  ctx?: Context,
): EventInput {
  return {
    ...(ctx ? eventBase(ctx) : { actorType: "SYSTEM", actorId: call.carrier, requestId: null }),
    orgId: call.orgId,
    channel: "voice",
    event,
    result,
    direction: call.direction as "INBOUND" | "OUTBOUND",
    agentId: call.agentId,
    resourceType: "call",
    resourceId: call.id,
    parentId: call.eventId,
    correlationId: call.correlationId,
    data,
    personal: { detail: `${call.fromNumber} to ${call.toNumber}`, from: call.fromNumber, to: call.toNumber },
  };
}

/** A call, held until the transaction ends: whatever changes it goes one after the other. Null where there is none. */
export async function lockCall(tx: Transaction, orgId: string, id: string): Promise<Call | null> {
  const held = await tx.$queryRaw<unknown[]>`SELECT 1 FROM call WHERE org_id = ${orgId} AND id = ${id} FOR UPDATE`;
  return held.length === 0 ? null : tx.call.findUnique({ where: { orgId_id: { orgId, id } } });
}

/**
 * Whoever spends or gives back an organisation's minutes and calls takes turns: both lie under one cap, and two that hold
 * a part of it and want the rest would wait for each other. Calls begin at most five times a second.
 */
export async function lockCallBudgets(tx: Transaction, orgId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`call budgets ${orgId}`}, 0))::text`;
}
