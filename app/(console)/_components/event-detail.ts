import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** The line about an event: its own, or what its data says in plain values. */
export function eventDetail(event: Pick<AuditEvent, "detail" | "data">): string {
  if (event.detail) return event.detail;
  return Object.entries(event.data)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}
