import { FEDERAL, type HoursRule, NARROWER, type Window } from "#server/domain/phone/law/hours.ts";

const regions = new Intl.DisplayNames("en", { type: "region" });

/** Of the states that have a row. */
const STATES: Record<string, string> = {
  "US-AL": "Alabama",
  "US-CT": "Connecticut",
  "US-FL": "Florida",
  "US-IL": "Illinois",
  "US-KY": "Kentucky",
  "US-LA": "Louisiana",
  "US-MA": "Massachusetts",
  "US-MD": "Maryland",
  "US-MI": "Michigan",
  "US-MN": "Minnesota",
  "US-MS": "Mississippi",
  "US-NM": "New Mexico",
  "US-NV": "Nevada",
  "US-OK": "Oklahoma",
  "US-RI": "Rhode Island",
  "US-SD": "South Dakota",
  "US-TX": "Texas",
  "US-WA": "Washington",
};

/** The table that the gate goes by, row by row. */
export function HoursTable() {
  return (
    <ul className="overflow-hidden rounded-lg border border-line bg-surface">
      {[FEDERAL, ...NARROWER].map((rule) => (
        <li
          key={rule.region}
          className="grid gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 text-[0.8125rem] last:border-b-0 sm:grid-cols-[9rem_14rem_minmax(0,1fr)]"
        >
          <span className="font-medium">{rule === FEDERAL ? "Everywhere" : nameOf(rule.region)}</span>
          <span className="font-mono tabular-nums">
            {hoursOf(rule).map((line) => (
              <span key={line} className="block">
                {line}
              </span>
            ))}
          </span>
          <span className="text-muted">
            {rule.statute}
            {rule.source === "tables" && " (by public tables: read it before you rely on it)"}
            {rule.note && <span className="block">{rule.note}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(region: string): string {
  return STATES[region] ?? regions.of(region) ?? region;
}

function hoursOf(rule: HoursRule): string[] {
  const { weekdays, saturday, sunday, holidays, channels } = rule;
  const isEveryDay = same(weekdays, saturday) && same(saturday, sunday);
  const days = isEveryDay
    ? [`every day ${show(weekdays)}`]
    : [`Mon-Fri   ${show(weekdays)}`, `Saturday  ${show(saturday)}`, `Sunday    ${show(sunday)}`];
  if (holidays) days.push(`holidays  ${show(holidays.window)}`);
  if (channels.length === 1) days.push(channels[0] === "voice" ? "calls only" : "texts only");
  return days;
}

function same(a: Window, b: Window): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}

function show(window: Window): string {
  return window ? `${clock(window.from)}-${clock(window.to)}` : "none";
}

function clock(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
}
