import type { Transaction } from "#server/platform/database.ts";
import type { Invitation } from "#server/platform/generated/client.ts";
import { hashToken } from "../console/secrets.ts";
import { type Context, eventBase } from "../context.ts";
import { enqueue } from "../jobs.ts";
import { emit } from "../transaction.ts";
import { invitationToken } from "./token.ts";

const VALID_MS = 7 * 24 * 3_600_000;

/** What a new sending of an invitation changes: its token, how it travels, and how long it is good. */
export function sendingOf(ctx: Context, id: string, sends: number) {
  const { clock, config, rootKey } = ctx.services;
  return {
    sends,
    tokenHash: hashToken(invitationToken(rootKey, id, sends)),
    delivery: config.relayUrl === null ? "LINK" : "MAIL",
    mailedAt: null,
    expiresAt: new Date(clock.now().getTime() + VALID_MS),
  };
}

/**
 * Records that an invitation was sent and queues its mail, in the caller's transaction.
 *
 * @returns the link, where nothing can be mailed and who invited has to hand it over; else null
 */
export async function announce(
  ctx: Context,
  tx: Transaction,
  invitation: Invitation,
  event: "org.member.invited" | "org.invitation.resent",
): Promise<string | null> {
  const { orgId, id, email, role, delivery, sends } = invitation;
  const parentId = await emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId,
    channel: "org",
    event,
    result: "SUCCESS",
    resourceType: "invitation",
    resourceId: id,
    data: { role, delivery, expiresAt: invitation.expiresAt.toISOString() },
    personal: { detail: `${email} as ${role}`, email },
  });
  if (delivery === "LINK") {
    return `${ctx.services.config.publicUrl}/invite/${invitationToken(ctx.services.rootKey, id, sends)}`;
  }
  const { correlationId } = ctx;
  await enqueue(tx, "mail-invitation", { orgId, invitationId: id, sends, parentId, correlationId });
  return null;
}
