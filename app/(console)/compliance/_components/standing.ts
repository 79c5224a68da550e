import type { StateHours } from "#server/domain/phone/hours/by-state.ts";

export type Standing = {
  kind: "open" | "partly" | "closed";
  /** In a few words: `open until 21:00`. */
  words: string;
  /** In fewer, for a tile: the time at which it opens today, or the day on which it does. */
  short: string;
};

/** Whether a state as a whole may be called, by what holds in each of its zones. */
export function standingOf({ zones }: StateHours): Standing {
  const open = zones.filter(({ isOpen }) => isOpen);
  const kind = open.length === zones.length ? "open" : open.length > 0 ? "partly" : "closed";
  // Of one that is open in part, the next zone to open is what somebody waits for.
  const waiting = kind === "open" ? open : zones.filter(({ isOpen }) => !isOpen);
  const [next] = waiting.toSorted((one, other) => (one.changesAt ?? "9999").localeCompare(other.changesAt ?? "9999"));
  const changesAtLocal = next?.changesAtLocal ?? null;
  const isToday = next?.changesToday ?? false;
  const time = changesAtLocal === null ? null : isToday ? timeOf(changesAtLocal) : shortDay(changesAtLocal);
  if (kind === "open") return { kind, words: `open until ${time}`, short: "open" };
  if (time === null) return { kind, words: "closed, and not open within 400 days", short: "closed" };
  if (kind === "partly") return { kind, words: `open in part, the next zone from ${time}`, short: "part" };
  return { kind, words: `opens at ${time}`, short: isToday ? time : (time.split(" ")[0] ?? "") };
}

function timeOf(local: string): string {
  return local.split(" ")[1] ?? "";
}

/** `Monday 08:00` as `Mon 08:00` */
export function shortDay(local: string): string {
  return `${local.slice(0, 3)} ${timeOf(local)}`;
}
