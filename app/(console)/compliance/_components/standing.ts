import type { StateHours } from "#server/domain/phone/hours/by-state.ts";

export type Standing = {
  kind: "open" | "partly" | "closed";
  /** When that changes next, by the clock there: `monday 08:00`; null: not within 400 days. */
  changesAtLocal: string | null;
  /** In a few words: `open until 21:00`. */
  words: string;
  /** In fewer, for a tile: `to 21:00`. */
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
  const isToday = changesAtLocal !== null && next !== undefined && dayOf(changesAtLocal) === dayOf(next.localTime);
  const time = changesAtLocal === null ? null : isToday ? timeOf(changesAtLocal) : shortDay(changesAtLocal);
  if (kind === "open") return { kind, changesAtLocal, words: `open until ${time}`, short: `to ${time}` };
  if (time === null) return { kind, changesAtLocal, words: "closed, and not open within 400 days", short: "closed" };
  if (kind === "partly")
    return { kind, changesAtLocal, words: `open in part, all of it from ${time}`, short: "in part" };
  return { kind, changesAtLocal, words: `opens at ${time}`, short: time };
}

function dayOf(local: string): string {
  return local.split(" ")[0] ?? "";
}

function timeOf(local: string): string {
  return local.split(" ")[1] ?? "";
}

/** `monday 08:00` as `Mon 08:00` */
export function shortDay(local: string): string {
  return `${local.charAt(0).toUpperCase()}${local.slice(1, 3)} ${timeOf(local)}`;
}
