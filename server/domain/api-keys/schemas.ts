import { z } from "zod";
import { SCOPES } from "../scopes.ts";

export const KEY_KINDS = ["AGENT", "MASTER"] as const;
export const KEY_SORTS = ["created", "name", "expires"] as const;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(KEY_KINDS),
    agentId: z.string().nullable(),
    agentName: z.string().nullable(),
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
