/** Where the chain of a correlation id is shown. A query, not a path: such an id may be `..` or hold a slash. */
export function chainPath(correlationId: string, eventId?: string): string {
  return `/audit?correlation=${encodeURIComponent(correlationId)}${eventId ? `#${eventId}` : ""}`;
}
