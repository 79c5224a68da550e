import { ownersOf } from "#server/domain/billing/owners.ts";
import { endOf } from "#server/domain/billing/periods.ts";
import type { Warning } from "#server/domain/billing/warnings.ts";
import type { Services } from "#server/domain/context.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { METERS } from "#server/platform/tiers.ts";
import { sendSystemMail } from "./system-mail.ts";

/**
 * Mails the owners that a limit is being used up. Rejects when a mail was not taken: the queue tries again, with the
 * same Message-ID.
 */
export async function mailCapWarning(
  services: Services,
  gateway: MailGateway,
  job: Warning & { correlationId: string },
): Promise<void> {
  const { prisma } = services.db;
  const { orgId, scope, meter, period, startsOn, threshold, correlationId } = job;
  const organization = await prisma.organization.findUnique({ where: { id: orgId } });
  if (!organization) return;
  const resetsAt = endOf(period, startsOn, organization.timeZone);
  // A queue that stood still must not tell of what is over.
  if (resetsAt <= services.clock.now()) return;
  const agent = scope === "" ? null : await prisma.agent.findUnique({ where: { orgId_id: { orgId, id: scope } } });
  const owners = await ownersOf(services, orgId);
  const isPlan = METERS.some((name) => name === meter);
  const isStock = meter === "storage_gb";
  const what = isStock
    ? "plan's storage"
    : isPlan
      ? `plan's ${meter} of the ${period}`
      : `${meter} cap of the ${period}`;
  const whose = agent ? `the agent ${agent.name} of ${organization.name}` : organization.name;
  for (const to of owners) {
    const outcome = await sendSystemMail(services, gateway, {
      id: `${correlationId.replace("corr_", "")}.${owners.indexOf(to)}`,
      date: services.clock.now(),
      to,
      subject: `${threshold} % of the ${what} is used`,
      text: textOf({ whose, what, isStock, threshold, resetsAt, publicUrl: services.config.publicUrl }),
      correlationId,
    });
    if (!outcome) services.log.warn({ orgId }, "a cap warning was not mailed: SMTP_RELAY_URL is not set");
  }
}

type CapWarning = {
  whose: string;
  what: string;
  isStock: boolean;
  threshold: number;
  resetsAt: Date;
  publicUrl: string;
};

function textOf(mail: CapWarning): string {
  if (mail.isStock) return storageText(mail);
  const then =
    mail.threshold === 100
      ? "Unless the cap only alerts, what comes next is refused until then."
      : "You are told again at the next threshold.";
  return `${mail.threshold} % of the ${mail.what} of ${mail.whose} is used.

It is counted anew from ${mail.resetsAt.toISOString()}. ${then}

${mail.publicUrl}/caps
`;
}

function storageText({ what, whose, threshold, publicUrl }: CapWarning): string {
  return `${threshold} % of the ${what} of ${whose} is used.

When it is full, mail with attachments is refused until there is a larger plan. Mail without them still goes, and what
comes in is still taken.

${publicUrl}/billing
`;
}
