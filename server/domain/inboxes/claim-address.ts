import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { isReserved, nameCandidates } from "./address.ts";

type NewInbox = { orgId: string; agentId: string | null; displayName: string | null };

/**
 * Makes the inbox with this address, in the caller's transaction. An address is given out once: a deleted inbox keeps
 * its own for ever, since a new holder would get the old one's mail.
 *
 * @returns null when the address is taken or reserved. Of two at once, the second waits for the first to be decided.
 */
export async function claimAddress(
  services: Services,
  tx: Transaction,
  local: string,
  input: NewInbox,
): Promise<Inbox | null> {
  if (isReserved(local)) return null;
  const domain = services.config.mailDomain;
  const [inbox] = await tx.inbox.createManyAndReturn({
    data: [
      { ...input, id: newId(), email: `${local}@${domain}`, localPart: local, domain, createdAt: services.clock.now() },
    ],
    skipDuplicates: true,
  });
  return inbox ?? null;
}

/** Makes an inbox whose address is the wanted one or, where that is taken, the same with a number. */
export async function claimFreeAddress(
  services: Services,
  tx: Transaction,
  wanted: string,
  input: NewInbox,
): Promise<Inbox> {
  for (const candidate of nameCandidates(wanted)) {
    const inbox = await claimAddress(services, tx, candidate, input);
    if (inbox) return inbox;
  }
  throw new Error(`no free address was found near ${wanted}`);
}

/** Up to `count` addresses like the wanted one that are free at this moment. */
export async function freeLocalParts(services: Services, tx: Transaction, wanted: string, count: number) {
  const { mailDomain } = services.config;
  const candidates = [...new Set(nameCandidates(wanted))].slice(1).filter((local) => !isReserved(local));
  const taken = await tx.inbox.findMany({
    where: { email: { in: candidates.map((local) => `${local}@${mailDomain}`) } },
    select: { localPart: true },
  });
  const takenParts = new Set(taken.map((inbox) => inbox.localPart));
  return candidates.filter((local) => !takenParts.has(local)).slice(0, count);
}
