import { z } from "zod";
import { PhoneIdentity } from "../phone-numbers/schemas.ts";

export const AGENT_STATUSES = ["ACTIVE", "PAUSED", "DELETED"] as const;
export const AGENT_SORTS = ["created", "name", "status"] as const;

export const EmailIdentity = z
  .object({
    id: z.string().describe("The inbox's id."),
    email: z.string(),
    domain: z.string(),
    localPart: z.string(),
    isPrimary: z.boolean(),
    verified: z.boolean(),
    createdAt: z.string(),
  })
  .meta({ id: "EmailIdentity" });

export const Readiness = z
  .object({
    canSendEmail: z.boolean(),
    canReceiveEmail: z.boolean(),
    canSendSms: z.boolean(),
    canPlaceVoiceCall: z.boolean(),
    blockers: z
      .array(
        z.object({
          code: z.enum([
            "ORG_STOPPED",
            "AGENT_PAUSED",
            "NO_INBOX",
            "IDENTITY_NOT_VERIFIED",
            "NO_RELAY",
            "PHONE_NOT_PROVISIONED",
            "PHONE_ORDERED",
            "AGENT_DELETED",
          ]),
          field: z.string(),
          hint: z.string(),
          remediationUrl: z.string().nullable(),
        }),
      )
      .describe("What stops or limits a channel, and what to do about it."),
  })
  .meta({ id: "Readiness" });

export const Agent = z
  .object({
    id: z.string(),
    orgId: z.string(),
    name: z.string(),
    slug: z.string(),
    status: z.enum(AGENT_STATUSES),
    apiKeyPrefix: z.string().nullable().describe("The first characters of the primary key."),
    metadata: z.record(z.string(), z.unknown()),
    emailIdentities: z.array(EmailIdentity),
    phoneIdentities: z.array(PhoneIdentity),
    readiness: Readiness,
    lastActivityAt: z.string().nullable().describe("When the log last had an event of this agent."),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Agent" });
export type Agent = z.infer<typeof Agent>;

export const CreatedAgent = Agent.extend({
  apiKey: z.string().describe("The agent's key. It is shown this once."),
}).meta({ id: "CreatedAgent" });

export const RotatedAgentKey = z
  .object({ apiKey: z.string().describe("Shown this once."), apiKeyPrefix: z.string() })
  .meta({ id: "RotatedAgentKey" });

const AUTH_TYPES = ["agent_unverified", "agent_verified", "claimed"] as const;
type AuthType = (typeof AUTH_TYPES)[number];

/** How the organisation is owned, in the words of the API. */
export function authTypeOf(ownership: string): AuthType {
  const text = ownership.toLowerCase();
  const known = AUTH_TYPES.find((authType) => authType === text);
  if (!known) throw new TypeError(`unknown ownership ${ownership}`);
  return known;
}

export const SignedUp = z
  .object({
    agent_id: z.string(),
    organization_id: z.string(),
    inbox_id: z.string().describe("The agent's mail address."),
    api_key: z.string().describe("The agent's key. It is shown this once."),
    auth_type: z.enum(AUTH_TYPES),
    vault_id: z.null().describe("Always null: this server has no vault yet."),
  })
  .meta({ id: "SignedUp" });

export const Verification = z
  .object({ verified: z.boolean(), auth_type: z.enum(AUTH_TYPES) })
  .meta({ id: "Verification" });

export const AgentStatus = z
  .object({
    auth_type: z.enum(AUTH_TYPES),
    plan: z.string(),
    limits: z.object({
      agents: z.int().nullable().describe("null: no limit"),
      agents_used: z.int(),
      identities: z.int().nullable().describe("Mail addresses; null: no limit"),
      identities_used: z.int(),
      messages: z.int().nullable().describe("Mails a month; null: no limit"),
      domains: z.int(),
      domains_used: z.int(),
    }),
    capabilities: z.object({ email: z.boolean(), phone: z.boolean(), vault: z.boolean() }),
    upgrade_url: z.null().describe("Always null: plans are the operator's to change."),
  })
  .meta({ id: "AgentStatus" });
