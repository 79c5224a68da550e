import type { Transaction } from "#server/platform/database.ts";
import type { VerificationChallenge } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { eventBase, Services } from "../context.ts";
import { enqueue } from "../jobs.ts";
import { emit } from "../transaction.ts";

const VALID_MS = 15 * 60_000;
export const MAX_TRIES = 5;

// However often an agent asks, its human gets no more mails than this, and a guesser no more than 100 tries a day.
const PER_HOUR = 5;
const PER_DAY = 20;
const HOUR_MS = 3_600_000;

type Cause = ReturnType<typeof eventBase>;

/**
 * Makes a challenge and queues the mail with its code, in the caller's transaction, which holds the organisation's row.
 *
 * @returns null where so many codes were mailed lately that the human must be left alone
 */
export async function issueChallenge(
  services: Services,
  tx: Transaction,
  agent: { orgId: string; id: string; humanEmail: string },
  cause: Cause,
): Promise<VerificationChallenge | null> {
  const now = services.clock.now();
  const recent = await tx.verificationChallenge.findMany({
    where: { orgId: agent.orgId, agentId: agent.id, createdAt: { gt: new Date(now.getTime() - 24 * HOUR_MS) } },
    select: { createdAt: true },
    take: PER_DAY,
  });
  const inLastHour = recent.filter(({ createdAt }) => createdAt.getTime() > now.getTime() - HOUR_MS);
  if (inLastHour.length >= PER_HOUR || recent.length >= PER_DAY) return null;

  const challenge = await tx.verificationChallenge.create({
    data: {
      orgId: agent.orgId,
      id: newId(),
      agentId: agent.id,
      attempts: 0,
      expiresAt: new Date(now.getTime() + VALID_MS),
      createdAt: now,
    },
  });
  const parentId = await emit(services, tx, {
    ...cause,
    orgId: agent.orgId,
    channel: "agent",
    event: "agent.verification.issued",
    result: "SUCCESS",
    agentId: agent.id,
    resourceType: "verification_challenge",
    resourceId: challenge.id,
    data: { expiresAt: challenge.expiresAt.toISOString() },
    personal: { to: agent.humanEmail, detail: `A code is mailed to ${agent.humanEmail}` },
  });
  const { correlationId } = cause;
  await enqueue(tx, "mail-verification-code", {
    orgId: agent.orgId,
    challengeId: challenge.id,
    parentId,
    correlationId,
  });
  return challenge;
}

/** The challenge that a code can answer: the newest of the agent that is neither closed nor expired. */
export function openChallenge(
  tx: Transaction,
  agent: { orgId: string; id: string },
  now: Date,
): Promise<VerificationChallenge | null> {
  return tx.verificationChallenge.findFirst({
    where: { orgId: agent.orgId, agentId: agent.id, closedAt: null, expiresAt: { gt: now } },
    orderBy: { id: "desc" },
  });
}
