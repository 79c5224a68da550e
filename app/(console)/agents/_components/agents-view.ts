import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** What of the list of agents is in the address bar. */
export const agentsView = {
  search: parseAsString.withDefault(""),
  status: parseAsStringLiteral(["all", "active", "paused"]).withDefault("all"),
  sort: parseAsStringLiteral(["created", "name", "status"]).withDefault("created"),
  order: parseAsStringLiteral(["asc", "desc"]).withDefault("desc"),
  create: parseAsStringLiteral(["1"]),
};
export type AgentsView = Omit<inferParserType<typeof agentsView>, "create">;

/** The input of the list in a view: the page prefetches what the list then reads. */
export function agentsInput({ search, status, sort, order }: AgentsView) {
  const narrowed = status === "all" ? {} : { status: status === "active" ? ("ACTIVE" as const) : ("PAUSED" as const) };
  return { limit: 50, sort, order, ...(search ? { search } : {}), ...narrowed };
}
