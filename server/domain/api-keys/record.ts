import type { JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { ApiKey } from "#server/platform/generated/client.ts";
import { type Context, eventBase } from "../context.ts";
import { emit } from "../transaction.ts";

/** Records what happened to a key. @param data what is to be known of it for good */
export function recordKeyEvent(
  ctx: Context,
  tx: Transaction,
  event: "key.created" | "key.updated" | "key.rotated" | "key.revoked",
  key: ApiKey,
  data: JsonObject,
): Promise<string> {
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: key.orgId,
    channel: "key",
    event,
    result: "SUCCESS",
    agentId: key.agentId,
    resourceType: "api_key",
    resourceId: key.id,
    data,
    personal: { detail: key.name },
  });
}
