import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { SCOPES, type Scope } from "../scopes.ts";
import { verb } from "../verb.ts";

const DESCRIPTIONS: Record<Scope, string> = {
  "*": "Everything that this kind of key can do",
  "email:read": "Read mail",
  "email:send": "Send mail",
  "phone:read": "Read phone numbers",
  "phone:sms": "Send text messages",
  "phone:voice": "Place calls",
  "phone:provision": "Get and give back phone numbers",
  "compliance:read": "Read consents, the do-not-call list and the calling rules",
  "compliance:write": "Record consents and revocations, and numbers not to call",
  "messages:read": "Read messages of every channel",
  "messages:send": "Send messages on every channel",
  "messages:search": "Search messages",
  "voice:read": "Read calls and their transcripts",
  "vault:read": "List credentials, without their secrets",
  "vault:use": "Use a credential without seeing it",
  "vault:write": "Store and change credentials",
  "vault:share": "Share credentials between agents",
  "vault:oauth": "Connect accounts of other services",
  "vault:inject": "Exchange a token for the secret it stands for",
  "identity:read": "Read the agent's identity",
  "identity:write": "Change the agent's identity",
  "agents:read": "Read agents",
  "agents:write": "Create and change agents",
  "inbox:read": "Read inboxes",
  "inbox:write": "Create and change inboxes",
  "domains:read": "Read mail domains",
  "domains:write": "Add and change mail domains",
  "addresses:read": "Read postal addresses",
  "addresses:write": "Add and change postal addresses",
  "webhooks:read": "Read webhooks",
  "webhooks:write": "Add and change webhooks",
  "billing:read": "Read plan and usage",
  "audit:read": "Read the audit log",
  "extension:connect": "Connect a browser extension",
};

/** Every scope that a key can have. */
export const listScopes = verb({
  access: anyKey(null),
  effect: "read",
  input: z.object({}),
  run: async () => ({ scopes: SCOPES.map((scope) => ({ scope, description: DESCRIPTIONS[scope] })) }),
});
