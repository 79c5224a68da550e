import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { Badge } from "../../_ui/badge.tsx";

/** An event's name, and its result where it is not a success. */
export function EventName({ event }: { event: Pick<AuditEvent, "event" | "result"> }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <span className="font-mono text-[0.8125rem]">{event.event}</span>
      {event.result === "SUCCESS" ? null : (
        <Badge tone={event.result === "DENIED" ? "bad" : "warn"}>{event.result.toLowerCase()}</Badge>
      )}
    </span>
  );
}
