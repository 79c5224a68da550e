import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Agent, VerificationChallenge } from "#server/platform/generated/client.ts";
import type { Access } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { issueChallenge, MAX_TRIES, openChallenge } from "./challenge.ts";
import { findAgent } from "./find.ts";
import { authTypeOf } from "./schemas.ts";
import { codeOf } from "./verification-code.ts";

const ownKeyOnly: Access = { keys: ["agent"], scope: null };

/**
 * Takes the code that the human got by mail. A wrong, expired or used-up one is not an error: verified is false, and
 * where the code cannot be tried again a fresh one is mailed. Guesses of one organisation are taken one after the
 * other, so none is tried more than MAX_TRIES times.
 */
export const verifyAgent = verb({
  access: ownKeyOnly,
  input: z.object({ otp_code: z.string().regex(/^[0-9]{6}$/, "must be exactly 6 digits.") }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    return inTransaction(ctx, async (tx) => {
      const { ownership, humanEmail } = await lockOrganization(tx, orgId);
      if (ownership !== "AGENT_UNVERIFIED" || humanEmail === null) {
        return { verified: true, auth_type: authTypeOf(ownership) };
      }
      const agent = await findAgent(ctx, tx, ctx.principal.kind === "agent" ? ctx.principal.agentId : "");
      const accepted = await tryCode(ctx, tx, { ...agent, humanEmail }, input.otp_code);
      return { verified: accepted, auth_type: authTypeOf(accepted ? "AGENT_VERIFIED" : "AGENT_UNVERIFIED") };
    });
  },
});

async function tryCode(
  ctx: Context,
  tx: Transaction,
  agent: Agent & { humanEmail: string },
  code: string,
): Promise<boolean> {
  const { services } = ctx;
  const challenge = await openChallenge(tx, agent, services.clock.now());
  if (!challenge) {
    const fresh = await issueChallenge(services, tx, agent, eventBase(ctx));
    await recordAttempt(ctx, tx, agent, "agent.verification.refused", {
      reason: "EXPIRED",
      codeMailed: fresh !== null,
    });
    return false;
  }
  const attempts = challenge.attempts + 1;
  if (timingSafeEqual(Buffer.from(code), Buffer.from(codeOf(services.rootKey, challenge.id)))) {
    await close(ctx, tx, challenge, attempts);
    await tx.organization.update({
      where: { id: agent.orgId },
      data: { ownership: "AGENT_VERIFIED", updatedAt: services.clock.now() },
    });
    await recordAttempt(ctx, tx, agent, "agent.verified", { attempts });
    return true;
  }
  const lockedOut = attempts >= MAX_TRIES;
  if (lockedOut) await close(ctx, tx, challenge, attempts);
  else await tx.verificationChallenge.update({ where: keyOf(challenge), data: { attempts } });
  const fresh = lockedOut ? await issueChallenge(services, tx, agent, eventBase(ctx)) : null;
  await recordAttempt(ctx, tx, agent, "agent.verification.refused", {
    reason: lockedOut ? "LOCKED_OUT" : "WRONG",
    attempts,
    codeMailed: fresh !== null,
  });
  return false;
}

const keyOf = ({ orgId, id }: VerificationChallenge) => ({ orgId_id: { orgId, id } });

async function close(ctx: Context, tx: Transaction, challenge: VerificationChallenge, attempts: number): Promise<void> {
  await tx.verificationChallenge.update({
    where: keyOf(challenge),
    data: { attempts, closedAt: ctx.services.clock.now() },
  });
}

function recordAttempt(
  ctx: Context,
  tx: Transaction,
  agent: Agent,
  event: "agent.verified" | "agent.verification.refused",
  data: Record<string, string | number | boolean>,
): Promise<string> {
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: agent.orgId,
    channel: "agent",
    event,
    result: event === "agent.verified" ? "SUCCESS" : "DENIED",
    agentId: agent.id,
    resourceType: "agent",
    resourceId: agent.id,
    data,
  });
}
