import type { JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import { requireActive } from "../agents/resolve.ts";
import { type Context, eventBase } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError } from "../errors.ts";
import { isTaken, KeyTaken } from "../idempotency/claim.ts";

/** What was refused: under which name it stands on the log, and whom it was for. */
export type Attempted = { event: "voice.call.refused" | "sms.refused"; to: string };

/**
 * KeyTaken where this request was answered before: the gates ask others and count, so they are not run again. The
 * accepting transaction claims the key.
 *
 * @param db of a transaction that is open: another connection might not be had while others wait for its locks
 */
export async function refuseRepeated(ctx: Context, db: Transaction = ctx.services.db.prisma): Promise<void> {
  if (ctx.claim && (await isTaken(ctx.services, db, ctx.claim))) throw new KeyTaken();
}

/** ORG_STOPPED, AGENT_PAUSED, with the event of the refusal. */
export function checkActive(ctx: Context, agent: AgentProfile, attempted: Attempted): void {
  try {
    requireActive(agent);
  } catch (error) {
    throw error instanceof DomainError ? refused(ctx, agent, attempted, error) : error;
  }
}

/** The same error with the event that stands on the log for it, unless it has one. */
export function refused(
  ctx: Context,
  agent: Pick<AgentProfile, "orgId" | "agentId">,
  { event, to }: Attempted,
  error: DomainError,
): DomainError {
  if (error.denied) return error;
  return new DomainError(error.code, error.message, {
    details: error.details,
    headers: error.headers,
    denied: {
      ...eventBase(ctx),
      orgId: agent.orgId,
      channel: event === "sms.refused" ? "sms" : "voice",
      event,
      direction: "OUTBOUND",
      result: "DENIED",
      agentId: agent.agentId,
      data: { code: error.code, ...limitOf(error) },
      personal: { detail: `${error.code}: to ${to}`, to },
    },
  });
}

/** What of a limit's details belongs on the log: numbers and decisions. */
function limitOf({ details }: DomainError): JsonObject {
  const names = ["resource", "source", "scope", "period", "capCents", "usedCents", "capUnits", "usedUnits"];
  return Object.fromEntries(Object.entries(details).filter(([name]) => names.includes(name))) as JsonObject;
}
