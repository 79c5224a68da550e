import type { z } from "zod";
import type { Config } from "#server/platform/config.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Agent as AgentRow, Inbox } from "#server/platform/generated/client.ts";
import { errorSlug } from "../errors.ts";
import { heldNumbers } from "../phone-numbers/find.ts";
import { type PhoneIdentity, toPhoneIdentities } from "../phone-numbers/schemas.ts";
import type { Agent, EmailIdentity, Readiness } from "./schemas.ts";

type Blocker = z.infer<typeof Readiness>["blockers"][number];

/** Agents of one organisation as the API answers them: with their inbox, key prefix and readiness. */
export async function viewAgents(db: Transaction, config: Config, orgId: string, rows: AgentRow[]): Promise<Agent[]> {
  const agentId = { in: rows.map((row) => row.id) };
  const [organization, inboxes, keys, activity, numbers, orders] = [
    await db.organization.findUniqueOrThrow({ where: { id: orgId }, select: { ownership: true, status: true } }),
    await db.inbox.findMany({ where: { orgId, agentId, deletedAt: null } }),
    await db.apiKey.findMany({
      where: { orgId, agentId, isPrimary: true, revokedAt: null },
      select: { agentId: true, prefix: true },
    }),
    await lastActivity(db, orgId, agentId.in),
    toPhoneIdentities(await heldNumbers(db, orgId, agentId.in)),
    await db.numberOrder.findMany({ where: { orgId, agentId }, select: { agentId: true } }),
  ];
  const inboxOf = new Map(inboxes.map((inbox) => [inbox.agentId, inbox]));
  const prefixOf = new Map(keys.map((key) => [key.agentId, key.prefix]));
  const buying = new Set(orders.map((order) => order.agentId));
  return rows.map((row) => {
    const inbox = inboxOf.get(row.id);
    const phones = numbers.filter((number) => number.agentId === row.id);
    return {
      id: row.id,
      orgId: row.orgId,
      name: row.name,
      slug: row.slug,
      status: row.status as Agent["status"],
      apiKeyPrefix: prefixOf.get(row.id) ?? null,
      metadata: row.metadata as Record<string, unknown>,
      emailIdentities: inbox ? [toEmailIdentity(inbox)] : [],
      phoneIdentities: phones,
      readiness: readinessOf(row, inbox !== undefined, { phones, isOrdered: buying.has(row.id) }, organization, config),
      lastActivityAt: activity.get(row.id)?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}

/** The same for one agent. */
export async function viewAgent(db: Transaction, config: Config, row: AgentRow): Promise<Agent> {
  const [agent] = await viewAgents(db, config, row.orgId, [row]);
  return agent as Agent;
}

/** When the log last had an event of each agent: one step into an index an agent, so that no event has to note it. */
async function lastActivity(db: Transaction, orgId: string, agentIds: string[]): Promise<Map<string, Date>> {
  const rows = await db.$queryRaw<{ agentId: string; at: Date }[]>`
    SELECT asked.agent_id AS "agentId", last.ts AS at
    FROM unnest(${agentIds}::text[]) AS asked (agent_id)
    CROSS JOIN LATERAL (
      SELECT ts FROM event_sequence s WHERE s.org_id = ${orgId} AND s.agent_id = asked.agent_id
      ORDER BY s.seq DESC LIMIT 1
    ) AS last`;
  return new Map(rows.map(({ agentId, at }) => [agentId, at]));
}

function toEmailIdentity(inbox: Inbox): z.infer<typeof EmailIdentity> {
  return {
    id: inbox.id,
    email: inbox.email,
    domain: inbox.domain,
    localPart: inbox.localPart,
    isPrimary: true,
    verified: true,
    createdAt: inbox.createdAt.toISOString(),
  };
}

function readinessOf(
  { status }: AgentRow,
  hasInbox: boolean,
  { phones, isOrdered }: { phones: PhoneIdentity[]; isOrdered: boolean },
  organization: { ownership: string; status: string },
  config: Config,
): z.infer<typeof Readiness> {
  const page = (code: "AGENT_PAUSED" | "ORG_STOPPED" | "RECIPIENT_NOT_VERIFIED" | "PHONE_NOT_PROVISIONED") =>
    `${config.errorDocsUrl}/${errorSlug(code)}`;
  const blockers: Blocker[] = [];
  const block = (code: Blocker["code"], field: string, hint: string, remediationUrl: string | null = null) =>
    blockers.push({ code, field, hint, remediationUrl });

  if (status === "DELETED") block("AGENT_DELETED", "status", "This agent was deleted. Create another one.");
  if (organization.status === "STOPPED") {
    const hint = "Every agent is stopped. Resume them with the master key: POST /v1/orgs/{id}/resume.";
    block("ORG_STOPPED", "status", hint, page("ORG_STOPPED"));
  }
  if (status === "PAUSED") {
    block("AGENT_PAUSED", "status", "Resume it with the master key: PATCH status ACTIVE.", page("AGENT_PAUSED"));
  }
  if (!hasInbox) block("NO_INBOX", "emailIdentities", "It has no inbox: POST /v1/inboxes with its agentId.");
  if (organization.ownership === "AGENT_UNVERIFIED") {
    const hint = "It may mail only its human until the code mailed to them is confirmed: POST /v1/agent/verify.";
    block("IDENTITY_NOT_VERIFIED", "emailIdentities", hint, page("RECIPIENT_NOT_VERIFIED"));
  }
  if (config.relayUrl === null) {
    const hint = "Mail to other servers waits in the outbox until the operator sets SMTP_RELAY_URL.";
    block("NO_RELAY", "emailIdentities", hint);
  }
  if (phones.length === 0 && isOrdered) {
    block("PHONE_ORDERED", "phoneIdentities", "Its number is being bought: in a moment it has it.");
  } else if (phones.length === 0) {
    const hint = "It has no phone number: POST /v1/phone/provision with its agentId and the master key.";
    block("PHONE_NOT_PROVISIONED", "phoneIdentities", hint, page("PHONE_NOT_PROVISIONED"));
  }
  const can = (capability: "sms" | "voice") => phones.some(({ capabilities }) => capabilities[capability]);
  for (const capability of ["sms", "voice"] as const) {
    if (phones.length === 0 || can(capability)) continue;
    const hint = `None of its numbers has ${capability}: POST /v1/phone/provision with capabilities ["${capability}"].`;
    block("PHONE_NOT_PROVISIONED", `phoneIdentities.${capability}`, hint, page("PHONE_NOT_PROVISIONED"));
  }
  const mayAct = status === "ACTIVE" && organization.status === "ACTIVE";
  return {
    canSendEmail: mayAct && hasInbox,
    canReceiveEmail: status !== "DELETED" && hasInbox,
    canSendSms: mayAct && can("sms"),
    canPlaceVoiceCall: mayAct && can("voice"),
    blockers,
  };
}
