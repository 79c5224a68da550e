import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { recordInboxEvent } from "./record.ts";

/**
 * Gives an inbox to an agent. The caller holds the organisation's row.
 * CONFLICT when the inbox belongs to another agent, or the agent has another inbox.
 */
export async function attachInbox(ctx: Context, tx: Transaction, inbox: Inbox, agentId: string): Promise<Inbox> {
  if (inbox.agentId === agentId) return inbox;
  if (inbox.agentId !== null) {
    throw new DomainError("CONFLICT", "This inbox belongs to another agent. Take it from that one first.", {
      details: { field: "agentId", agentId: inbox.agentId },
    });
  }
  await requireNoInbox(tx, inbox.orgId, agentId);
  const attached = await setAgent(tx, inbox, agentId);
  await recordInboxEvent(ctx, tx, "inbox.attached", attached, agentId);
  return attached;
}

/** Takes an inbox from its agent, which has none then. It keeps its address and takes no mail until it has an agent. */
export async function detachInbox(ctx: Context, tx: Transaction, inbox: Inbox): Promise<Inbox> {
  if (inbox.agentId === null) return inbox;
  const detached = await setAgent(tx, inbox, null);
  await recordInboxEvent(ctx, tx, "inbox.detached", detached, inbox.agentId);
  return detached;
}

/** CONFLICT when the agent has an inbox: it has at most one. */
export async function requireNoInbox(tx: Transaction, orgId: string, agentId: string): Promise<void> {
  const own = await tx.inbox.findFirst({ where: { orgId, agentId }, select: { id: true } });
  if (!own) return;
  throw new DomainError("CONFLICT", "This agent has an inbox, and can have one only. Delete or detach that first.", {
    details: { field: "agentId", inboxId: own.id },
  });
}

function setAgent(tx: Transaction, { orgId, id }: Inbox, agentId: string | null): Promise<Inbox> {
  return tx.inbox.update({ where: { orgId_id: { orgId, id } }, data: { agentId } });
}
