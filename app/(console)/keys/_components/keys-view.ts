import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** What of a list of keys is in the address bar. */
export const keysView = {
  search: parseAsString.withDefault(""),
  kind: parseAsStringLiteral(["all", "organisation", "agent"]).withDefault("all"),
  show: parseAsStringLiteral(["valid", "revoked", "all"]).withDefault("valid"),
  sort: parseAsStringLiteral(["created", "name", "expires"]).withDefault("created"),
  order: parseAsStringLiteral(["asc", "desc"]).withDefault("desc"),
  create: parseAsStringLiteral(["1"]),
};
export type KeysView = Omit<inferParserType<typeof keysView>, "create">;

const KINDS = { all: {}, organisation: { kind: "MASTER" }, agent: { kind: "AGENT" } } as const;
const SHOWN = { valid: {}, revoked: { onlyRevoked: true }, all: { includeRevoked: true } } as const;

/** The input of the list in a view: the page prefetches what the list then reads. @param agentId for one agent's keys */
export function keysInput({ search, kind, show, sort, order }: KeysView, agentId?: string) {
  const narrowed = { ...(search ? { search } : {}), ...(agentId ? { agentId } : KINDS[kind]), ...SHOWN[show] };
  return { limit: 50, sort, order, ...narrowed };
}
