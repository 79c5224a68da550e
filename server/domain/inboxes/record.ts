import type { JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { type Context, eventBase } from "../context.ts";
import { emit } from "../transaction.ts";

/** Records what happened to an inbox. The agent is the one it belongs to, or belonged to. */
export function recordInboxEvent(
  ctx: Context,
  tx: Transaction,
  event: "inbox.created" | "inbox.updated" | "inbox.attached" | "inbox.detached" | "inbox.deleted",
  inbox: Inbox,
  agentId: string | null,
  data: JsonObject = {},
): Promise<string> {
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: inbox.orgId,
    channel: "email",
    event,
    result: "SUCCESS",
    agentId,
    resourceType: "inbox",
    resourceId: inbox.id,
    data,
    personal: { email: inbox.email, detail: inbox.email },
  });
}
