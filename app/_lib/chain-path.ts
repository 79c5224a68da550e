/** Where the chain of a correlation id is shown, with an event of it open. A query, not a path: such an id may be `..` or hold a slash. */
export function chainPath(correlationId: string, eventId?: string | null, view?: string | null): string {
  const event = eventId ? `&event=${encodeURIComponent(eventId)}` : "";
  return `/audit?correlation=${encodeURIComponent(correlationId)}${event}${view ? `&view=${encodeURIComponent(view)}` : ""}`;
}
