/**
 * What a carrier is given with an order and gives back with its news: the ids of the organisation and of the call or
 * message, so that news finds its row by key.
 */
export function tokenOf(orgId: string, id: string): string {
  return `${orgId}-${id}`;
}

/** The ids in a token; null where it is none of ours. */
export function readToken(token: string | null): { orgId: string; id: string } | null {
  const [orgId, id, ...more] = token?.split("-") ?? [];
  return orgId && id && more.length === 0 ? { orgId, id } : null;
}
