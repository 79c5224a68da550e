import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { cn } from "../../../_ui/cn.ts";

type Result = AuditEvent["result"];

const COLOURS = { SUCCESS: "text-accent", FAILURE: "text-warn", DENIED: "text-danger" };

/** What became of an event, as a shape: a disc, a hollow triangle, a barred octagon. Told apart also without colour. */
export function ResultMark({ result, className }: { result: Result; className?: string }) {
  return (
    <svg viewBox="0 0 14 14" aria-hidden="true" className={cn("size-3.5 shrink-0", COLOURS[result], className)}>
      {result === "SUCCESS" ? <circle cx="7" cy="7" r="4" fill="currentColor" /> : null}
      {result === "FAILURE" ? (
        <path
          d="M7 1.6 13 12.4H1zM7 5.4v3.4M7 10.3v.4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      ) : null}
      {result === "DENIED" ? (
        <>
          <path d="M4.3.5h5.4l3.8 3.8v5.4l-3.8 3.8H4.3L.5 9.7V4.3z" fill="currentColor" />
          <path d="M3.6 7h6.8" stroke="var(--danger-soft)" strokeWidth="2" />
        </>
      ) : null}
    </svg>
  );
}
