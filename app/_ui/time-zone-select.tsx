"use client";

import { useSyncExternalStore } from "react";
import { useBrowserZone, useZoneChoice } from "../_lib/time.tsx";

const never = () => () => {};
const none: string[] = [];
let zones: string[] | undefined;

/** The zones that this browser knows; none on the server, which may know others. */
function useZones(): string[] {
  return useSyncExternalStore(
    never,
    () => {
      zones ??= [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
      return zones;
    },
    () => none,
  );
}

/** Chooses the zone in which all times of the console are shown, in this browser. */
export function TimeZoneSelect() {
  const [chosen, choose] = useZoneChoice();
  const browsers = useBrowserZone();
  const known = useZones();
  // What was chosen can be an older name of a zone, which the list does not have.
  const listed = chosen === null || known.includes(chosen) ? known : [chosen, ...known];
  return (
    <select
      aria-label="Time zone"
      value={chosen ?? ""}
      onChange={(event) => choose(event.target.value || null)}
      className="h-9 w-full max-w-xs rounded-md border border-line-strong bg-surface px-2"
    >
      <option value="">The browser's: {browsers}</option>
      {listed.map((zone) => (
        <option key={zone} value={zone}>
          {zone}
        </option>
      ))}
    </select>
  );
}
