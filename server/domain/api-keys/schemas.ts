import { z } from "zod";
import type { ApiKey as Row } from "#server/platform/generated/client.ts";
import { SCOPES } from "../scopes.ts";

const KEY_KINDS = ["AGENT", "MASTER"] as const;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(KEY_KINDS),
    agentId: z.string().nullable(),
    prefix: z.string().describe("The first characters, to recognise the key by."),
    scopes: z.array(z.enum(SCOPES)),
    isPrimary: z.boolean().describe("Whether rotate-key of the agent or organisation replaces it."),
    mode: z.literal("LIVE"),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable().describe("To the minute."),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreatedApiKey = ApiKey.extend({ key: z.string().describe("The key. It is shown this once.") }).meta({
  id: "CreatedApiKey",
});

export const ScopeList = z
  .object({ scopes: z.array(z.object({ scope: z.enum(SCOPES), description: z.string() })) })
  .meta({ id: "ScopeList" });

/** A key as the API answers it, without the key itself. */
export function toApiKey(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as ApiKey["kind"],
    agentId: row.agentId,
    prefix: row.prefix,
    scopes: row.scopes as ApiKey["scopes"],
    isPrimary: row.isPrimary,
    mode: "LIVE",
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
