import type { EventInput, JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Message } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";

/** A text, held until the transaction ends. Null where there is none. */
export async function lockText(tx: Transaction, orgId: string, id: string): Promise<Message | null> {
  const held = await tx.$queryRaw<unknown[]>`SELECT 1 FROM message
    WHERE org_id = ${orgId} AND id = ${id} AND channel IN ('SMS', 'MMS') FOR UPDATE`;
  return held.length === 0 ? null : tx.message.findUnique({ where: { orgId_id: { orgId, id } } });
}

/** What becomes of a text, as the carrier tells it. */
export function textEvent(
  services: Services,
  text: Message,
  event: `sms.${string}`,
  result: EventInput["result"],
  data: JsonObject = {},
): EventInput {
  const to = text.to[0] ?? "";
  return {
    orgId: text.orgId,
    channel: "sms",
    event,
    direction: text.direction as "INBOUND" | "OUTBOUND",
    result,
    agentId: text.agentId,
    actorType: "SYSTEM",
    actorId: services.carrier.name,
    resourceType: "message",
    resourceId: text.id,
    parentId: text.eventId,
    correlationId: text.correlationId,
    data,
    personal: { detail: `${text.fromAddress} to ${to}`, from: text.fromAddress, to },
  };
}
