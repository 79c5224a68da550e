import { codeOf } from "#server/domain/agents/verification-code.ts";
import type { Services } from "#server/domain/context.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { emit, openTransaction } from "#server/domain/transaction.ts";
import { sendSystemMail } from "./system-mail.ts";

/**
 * Mails a verification code to the human who answers for an agent. The code is derived when the mail is written, so it
 * stands neither in the database nor in the queue. Rejects when the mail was not taken: the queue tries again.
 */
export async function mailVerificationCode(
  services: Services,
  gateway: MailGateway,
  job: { orgId: string; challengeId: string; parentId: string; correlationId: string },
): Promise<void> {
  const { prisma } = services.db;
  const challenge = await prisma.verificationChallenge.findUnique({
    where: { orgId_id: { orgId: job.orgId, id: job.challengeId } },
  });
  const now = services.clock.now();
  if (!challenge || challenge.closedAt || challenge.mailedAt || challenge.expiresAt <= now) return;
  const [organization, agent] = await Promise.all([
    prisma.organization.findUnique({ where: { id: job.orgId } }),
    services.directory.agent(job.orgId, challenge.agentId),
  ]);
  if (!organization?.humanEmail || !agent) return;

  const to = organization.humanEmail;
  const outcome = await sendSystemMail(services, gateway, {
    id: challenge.id,
    date: challenge.createdAt,
    to,
    subject: `Confirm the agent ${agent.name}`,
    text: textOf({
      code: codeOf(services.rootKey, challenge.id),
      agent: agent.name,
      address: agent.inbox?.email,
      publicUrl: services.config.publicUrl,
    }),
    correlationId: job.correlationId,
  });
  if (!outcome) {
    // Nothing can be mailed, and a code is too short-lived to wait for a relay: verifying after it expired asks anew.
    services.log.warn({ agentId: agent.agentId }, "a verification code was not mailed: SMTP_RELAY_URL is not set");
    return;
  }
  await openTransaction(services, async (tx) => {
    await tx.verificationChallenge.update({
      where: { orgId_id: { orgId: job.orgId, id: challenge.id } },
      data: { mailedAt: now },
    });
    await emit(services, tx, {
      orgId: job.orgId,
      channel: "agent",
      event: "agent.verification.sent",
      direction: "OUTBOUND",
      result: outcome.result === "sent" ? "SUCCESS" : "FAILURE",
      agentId: agent.agentId,
      actorType: "SYSTEM",
      actorId: "delivery",
      resourceType: "verification_challenge",
      resourceId: challenge.id,
      parentId: job.parentId,
      correlationId: job.correlationId,
      data: { code: outcome.code },
      personal: { detail: `${to}: ${outcome.response}` },
    });
  });
}

function textOf(mail: { code: string; agent: string; address: string | undefined; publicUrl: string }): string {
  return `The agent "${mail.agent}"${mail.address ? ` (${mail.address})` : ""} signed itself up and named you as the human who answers for it.

Your code: ${mail.code}

Give it to the agent if you want it to act. It is valid for 15 minutes; until then the agent can mail nobody but you.
If you did not expect this, do nothing.

${mail.publicUrl}
`;
}
