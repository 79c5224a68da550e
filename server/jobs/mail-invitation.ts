import type { Services } from "#server/domain/context.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { invitationToken } from "#server/domain/invitations/token.ts";
import { emit, openTransaction } from "#server/domain/transaction.ts";
import { sendSystemMail } from "./system-mail.ts";

const ROLES: Record<string, string> = {
  OWNER: "an owner",
  ADMIN: "an admin",
  VIEWER: "a viewer, who sees everything and changes nothing",
};

/**
 * Mails an invitation. The link's token is derived when the mail is written, so it stands neither in the database nor
 * in the queue. Rejects when the mail was not taken: the queue tries again.
 */
export async function mailInvitation(
  services: Services,
  gateway: MailGateway,
  job: { orgId: string; invitationId: string; sends: number; parentId: string; correlationId: string },
): Promise<void> {
  const { prisma } = services.db;
  const key = { orgId_id: { orgId: job.orgId, id: job.invitationId } };
  const invitation = await prisma.invitation.findUnique({ where: key });
  const now = services.clock.now();
  // One that was sent again meanwhile has a job of its own.
  if (!invitation || invitation.sends !== job.sends || invitation.mailedAt) return;
  if (invitation.acceptedAt || invitation.revokedAt || invitation.expiresAt <= now) return;
  const organization = await prisma.organization.findUnique({ where: { id: job.orgId } });
  if (!organization) return;

  const { publicUrl } = services.config;
  const outcome = await sendSystemMail(services, gateway, {
    id: `${invitation.id}.${invitation.sends}`,
    date: now,
    to: invitation.email,
    subject: `${organization.name} invites you to its console`,
    text: textOf({
      organization: organization.name,
      role: ROLES[invitation.role] ?? invitation.role,
      link: `${publicUrl}/invite/${invitationToken(services.rootKey, invitation.id, invitation.sends)}`,
      publicUrl,
    }),
    correlationId: job.correlationId,
  });
  if (!outcome) {
    services.log.warn({ invitationId: invitation.id }, "an invitation was not mailed: SMTP_RELAY_URL is not set");
    return;
  }
  await openTransaction(services, async (tx) => {
    if (outcome.result === "sent") await tx.invitation.update({ where: key, data: { mailedAt: now } });
    await emit(services, tx, {
      orgId: job.orgId,
      channel: "org",
      event: "org.invitation.mailed",
      direction: "OUTBOUND",
      result: outcome.result === "sent" ? "SUCCESS" : "FAILURE",
      actorType: "SYSTEM",
      actorId: "delivery",
      resourceType: "invitation",
      resourceId: invitation.id,
      parentId: job.parentId,
      correlationId: job.correlationId,
      data: { code: outcome.code },
      personal: { detail: `${invitation.email}: ${outcome.response}`, email: invitation.email },
    });
  });
}

function textOf(mail: { organization: string; role: string; link: string; publicUrl: string }): string {
  return `You are invited to the console of "${mail.organization}" as ${mail.role}.

${mail.link}

The link works once, within seven days. Whoever has it can be you there, so pass it on to nobody.
If you did not expect this, do nothing.

${mail.publicUrl}
`;
}
