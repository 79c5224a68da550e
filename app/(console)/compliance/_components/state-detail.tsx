import type { StateHours, ZoneHours } from "#server/domain/phone/hours/by-state.ts";
import { Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { shortDay, standingOf } from "./standing.ts";

/** A state's clocks, what each rule allows there today, and its law. */
export function StateDetail({ name, state }: { name: string; state: StateHours }) {
  return (
    <section aria-label={name} className="grid gap-3 rounded-lg border border-line bg-surface p-4 text-[0.8125rem]">
      <div>
        <h3 className="text-[0.875rem] font-semibold">{name}</h3>
        <p className="text-muted">{standingOf(state).words}</p>
      </div>
      {state.zones.map((zone) => (
        <Zone key={zone.zone} zone={zone} />
      ))}
      <ul className="grid gap-1.5 border-line border-t pt-3 text-muted">
        {state.laws.map(({ statute, note, source }) => (
          <li key={statute}>
            <span className="text-ink">{statute}</span>
            {source === "tables" ? " (by public tables: read it before you rely on it)" : ""}
            {note ? <span className="block">{note}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Zone({ zone }: { zone: ZoneHours }) {
  return (
    <div className="border-line border-t pt-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={zone.isOpen ? "good" : "neutral"}>{zone.isOpen ? "open" : "closed"}</Badge>
        <span className="font-mono">{shortDay(zone.localTime)}</span>
        <span className="text-muted">in {zone.zone}</span>
      </p>
      <p className="mt-1">
        {zone.changesAt === null || zone.changesAtLocal === null ? (
          "Not open within 400 days."
        ) : (
          <>
            {zone.isOpen ? "Closes" : "Opens"} <span className="font-mono">{shortDay(zone.changesAtLocal)}</span> there,{" "}
            <Time at={zone.changesAt} format="short" /> for you.
          </>
        )}
      </p>
      <ul className="mt-2 grid gap-1 text-muted">
        {zone.clocks.map(({ rule, zone: of, localTime, window, holiday }) => (
          <li key={`${rule} ${of}`} className="flex flex-wrap gap-x-2">
            <span className="w-28 font-mono text-ink">{window ?? "not at all"}</span>
            <span className="min-w-0 flex-1">
              {rule}
              {holiday ? ` (${holiday})` : ""}
              {of === zone.zone ? "" : `, where it is ${shortDay(localTime)} in ${of}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
