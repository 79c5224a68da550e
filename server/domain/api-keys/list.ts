import { z } from "zod";
import { orgOf } from "../context.ts";
import { flag, id } from "../fields.ts";
import { type SortedList, SortedPageInput, type SortKey, sortedPage } from "../sorted-page.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration } from "./fields.ts";
import { KEY_KINDS, KEY_SORTS } from "./schemas.ts";
import { type KeyRow, viewApiKeys } from "./view.ts";

const ListApiKeysInput = SortedPageInput.extend({
  agentId: id.optional(),
  includeRevoked: flag.default(false),
  onlyRevoked: flag.default(false),
  kind: z.enum(KEY_KINDS).optional(),
  search: z
    .string()
    .max(200)
    .optional()
    .describe("Part of the key's name or prefix, or of its agent's name; upper and lower case are the same."),
  sort: z.enum(KEY_SORTS).default("created"),
});

// By last use is not among them: an index of it would have to follow every key in use once a minute.
const SORTS: Record<(typeof KEY_SORTS)[number], SortKey<KeyRow> | null> = {
  created: null,
  name: { field: "name", kind: "text", column: "name", sql: (operand) => `lower(${operand})` },
  expires: {
    field: "expiresAt",
    kind: "instant",
    column: "expires_at",
    sql: (operand) => `coalesce(${operand}, 'infinity'::timestamptz)`,
  },
};

const COLUMNS = `t.org_id AS "orgId", t.id, t.kind, t.agent_id AS "agentId", t.is_primary AS "isPrimary", t.name, t.prefix,
  t.scopes, t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.revoked_at AS "revokedAt",
  t.created_at AS "createdAt"`;

// The expressions of the indexes api_key_search and agent_search.
const KEY_TEXT = "lower(t.name || E'\\n' || t.prefix)";
const AGENT_TEXT = "lower(a.name || E'\\n' || a.slug)";
const SEARCH = {
  matches: `(${KEY_TEXT} LIKE ? OR EXISTS (SELECT FROM agent a WHERE a.org_id = $1 AND a.id = t.agent_id
    AND ${AGENT_TEXT} LIKE ?))`,
  ids: `SELECT t.id FROM api_key t WHERE t.org_id = $1 AND ${KEY_TEXT} LIKE ?
    UNION SELECT k.id FROM agent a JOIN api_key k ON k.org_id = a.org_id AND k.agent_id = a.id
      WHERE a.org_id = $1 AND ${AGENT_TEXT} LIKE ?`,
};

/** The keys of the organisation, newest first; never the keys themselves. */
export const listApiKeys = verb({
  access: keyAdministration,
  effect: "read",
  input: ListApiKeysInput,
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    const { sort, limit, cursor, agentId, onlyRevoked, includeRevoked } = input;
    const order = input.order ?? (sort === "created" ? "desc" : "asc");
    const revoked = onlyRevoked ? ["t.is_revoked"] : ["NOT t.is_revoked", ...(includeRevoked ? ["t.is_revoked"] : [])];
    const kinds = input.kind ? [input.kind] : KEY_KINDS;
    const text = input.search?.trim();
    const list: SortedList<KeyRow> = {
      table: "api_key",
      columns: COLUMNS,
      parts: revoked.flatMap((state) => kinds.map((kind) => `(${state} AND t.kind = '${kind}')`)),
      ...(agentId === undefined ? {} : { conditions: ["t.agent_id = $2"], values: [agentId] }),
      sorts: SORTS,
      search: text ? { text, ...SEARCH } : undefined,
    };
    const page = await sortedPage(ctx.services.db.pool, orgId, list, { sort, order, limit, cursor });
    return { ...page, items: await viewApiKeys(reader(ctx), orgId, page.items) };
  },
});
