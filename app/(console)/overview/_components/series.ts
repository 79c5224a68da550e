import type { EventCounts } from "#server/domain/events/count.ts";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

export const HOURS = 24;
const HOUR_MS = 3_600_000;

type Counted = Pick<AuditEvent, "event" | "result">;

/** What the charts show, each with the events that it counts. */
export const SERIES = [
  { name: "Mail sent", tone: "accent", counts: ({ event }: Counted) => event === "email.queued" },
  {
    name: "Mail received",
    tone: "accent",
    counts: ({ event }: Counted) => event === "email.received" || event === "email.loop.detected",
  },
  {
    name: "Calls",
    tone: "accent",
    counts: ({ event }: Counted) => event === "voice.call.queued" || event === "voice.call.received",
  },
  { name: "Texts sent", tone: "accent", counts: ({ event }: Counted) => event === "sms.queued" },
  { name: "Failures", tone: "warn", counts: ({ result }: Counted) => result === "FAILURE" },
  { name: "Refusals", tone: "danger", counts: ({ result }: Counted) => result === "DENIED" },
] as const;

export type Series = (typeof SERIES)[number];

/** An event that came after the counts were read. */
export type LaterEvent = Pick<AuditEvent, "seq" | "ts" | "event" | "result">;

/** When each of the 24 hours begins: up to the last one that was counted, or that something has happened in since. */
export function hoursOf(base: Pick<EventCounts, "to">, later: readonly LaterEvent[]): number[] {
  const newest = Math.max(Date.parse(base.to) - HOUR_MS, ...later.map(({ ts }) => hourOf(ts)));
  return Array.from({ length: HOURS }, (_, index) => newest - (HOURS - 1 - index) * HOUR_MS);
}

/** A series' numbers by hour: what the server has counted, and the later events that it had not, each once. */
export function countSeries(
  series: Series,
  base: EventCounts,
  later: readonly LaterEvent[],
  hours: number[],
): number[] {
  const byHour = new Map<number, number>(hours.map((hour) => [hour, 0]));
  const add = (hour: number, count: number) => {
    const before = byHour.get(hour);
    if (before !== undefined) byHour.set(hour, before + count);
  };
  for (const each of base.counts) if (series.counts(each as Counted)) add(Date.parse(each.hour), each.count);
  for (const each of later) if (each.seq >= base.nextSeq && series.counts(each)) add(hourOf(each.ts), 1);
  return hours.map((hour) => byHour.get(hour) ?? 0);
}

function hourOf(ts: string): number {
  return Math.floor(Date.parse(ts) / HOUR_MS) * HOUR_MS;
}
