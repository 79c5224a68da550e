"use client";

import { useTimeZone } from "../../_lib/time.tsx";
import { instantOfWallClock, wallClock } from "../../_lib/wall-clock.ts";

/** An instant to be entered in the time zone in which the page shows times. @param instant ISO 8601 */
export function TimeField({ label, name, instant }: { label: string; name: string; instant: string | null }) {
  const zone = useTimeZone();
  const local = instant === null ? "" : wallClock(Date.parse(instant), zone);
  return (
    <label className="flex items-center gap-1.5 text-[0.8125rem] text-muted">
      {label}
      <input
        // Uncontrolled: it counts when the form is sent.
        key={local}
        type="datetime-local"
        step={1}
        name={name}
        defaultValue={local}
        className="h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-ink tabular-nums"
      />
    </label>
  );
}

/** What was entered, as an instant; null where nothing was. */
export function instantOf(local: FormDataEntryValue | null, timeZone: string): string | null {
  return typeof local === "string" && local !== "" ? new Date(instantOfWallClock(local, timeZone)).toISOString() : null;
}
