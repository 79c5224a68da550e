/** What a key may be allowed to do. `*` is everything its kind of key can do. */
export const SCOPES = [
  "*",
  "email:read",
  "email:send",
  "phone:read",
  "phone:sms",
  "phone:voice",
  "phone:provision",
  "compliance:read",
  "compliance:write",
  "messages:read",
  "messages:send",
  "messages:search",
  "voice:read",
  "vault:read",
  "vault:use",
  "vault:write",
  "vault:share",
  "vault:oauth",
  "vault:inject",
  "identity:read",
  "identity:write",
  "agents:read",
  "agents:write",
  "inbox:read",
  "inbox:write",
  "domains:read",
  "domains:write",
  "addresses:read",
  "addresses:write",
  "webhooks:read",
  "webhooks:write",
  "billing:read",
  "audit:read",
  "extension:connect",
] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether a key with the scopes `held` may do what needs the scope `needed`. */
export function grants(held: readonly string[], needed: Scope): boolean {
  return held.includes("*") || held.includes(needed);
}
