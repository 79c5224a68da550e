"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { lengthText } from "./numbers.ts";
import { setPreference } from "./preferences.ts";
import { relativeTime } from "./relative-time.ts";
import { BROWSER_ZONE_COOKIE, ZONE_COOKIE } from "./time-zone.ts";

type Zone = {
  /** What the person chose; null: as the browser has it. */
  chosen: string | null;
  choose(zone: string | null): void;
  /** The browser's zone, as far as the server knew it. */
  known: string | null;
  /** When the server drew this page, by its clock. */
  drawnAt: number;
};

const ZoneContext = createContext<Zone | null>(null);

function useZone(): Zone {
  const zone = useContext(ZoneContext);
  if (!zone) throw new TypeError("there is no TimeZone above this component");
  return zone;
}

type TimeZoneProps = { chosen: string | null; known: string | null; drawnAt: number; children: ReactNode };

/** Gives the page the person's time zone and the server's clock. */
export function TimeZone({ chosen: atFirst, known, drawnAt, children }: TimeZoneProps) {
  const [chosen, setChosen] = useState(atFirst);
  useEffect(() => {
    if (browserZone() !== known) setPreference(BROWSER_ZONE_COOKIE, browserZone());
    setClock(drawnAt);
  }, [known, drawnAt]);
  const zone = useMemo<Zone>(
    () => ({
      chosen,
      choose(next) {
        setPreference(ZONE_COOKIE, next);
        setChosen(next);
      },
      known,
      drawnAt,
    }),
    [chosen, known, drawnAt],
  );
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

/** The zone that the person chose, and a function that changes it; null stands for the browser's own. */
export function useZoneChoice(): [zone: string | null, choose: (zone: string | null) => void] {
  const { chosen, choose } = useZone();
  return [chosen, choose];
}

const never = () => () => {};
let ownZone: string | undefined;

// Asked once: it takes a millisecond, and every time on the page asks.
function browserZone(): string {
  ownZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return ownZone;
}

/** The browser's own zone; on the server and during hydration what the server knows of it, so that both draw the same. */
export function useBrowserZone(): string {
  const { known } = useZone();
  return useSyncExternalStore(never, browserZone, () => known ?? "UTC");
}

/** The zone in which times are shown. */
export function useTimeZone(): string {
  const { chosen } = useZone();
  const browsers = useBrowserZone();
  return chosen ?? browsers;
}

const formats = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false },
  full: {
    year: "numeric",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  },
  short: { month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false },
  day: { year: "numeric", month: "short", day: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type Format = keyof typeof formats;

const made = new Map<string, Intl.DateTimeFormat>();

// Making a format costs a hundred times what using it does, and a list uses few of them many times.
function formatOf(format: Format | "offset", timeZone: string): Intl.DateTimeFormat {
  const key = `${format} ${timeZone}`;
  const options = format === "offset" ? ({ ...formats.full, timeZoneName: "shortOffset" } as const) : formats[format];
  const known = made.get(key) ?? new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
  made.set(key, known);
  return known;
}

type TimeProps = { at: string; format?: Format | "relative" };

/**
 * An instant in the reader's time zone; on hover the exact one with the zone. `relative` says how long ago it was, keeps
 * that true while the page stands, and tells screen readers the exact one too.
 */
export function Time({ at, format = "full" }: TimeProps) {
  const timeZone = useTimeZone();
  const relative = useRelative(at, format === "relative");
  const instant = new Date(at);
  const exact = `${formatOf("offset", timeZone).format(instant)} (${timeZone})`;
  const text = relative ?? formatOf(format === "relative" ? "day" : format, timeZone).format(instant);
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap tabular-nums">
      {text}
      {format === "relative" ? <span className="sr-only">, {exact}</span> : null}
    </time>
  );
}

/** The relative time as text, so that a component is drawn again only when that changes. */
function useRelative(at: string, wanted: boolean): string | null {
  const { drawnAt } = useZone();
  const instant = Date.parse(at);
  return useSyncExternalStore(
    wanted ? onTick : never,
    () => (wanted ? relativeTime(instant, now()) : null),
    () => (wanted ? relativeTime(instant, drawnAt) : null),
  );
}

/** How long ago an instant was, counted up by the second while the page stands. */
export function Elapsed({ since }: { since: string }) {
  const { drawnAt } = useZone();
  const secondsAt = (instant: number) => Math.max(0, Math.floor((instant - Date.parse(since)) / 1_000));
  const seconds = useSyncExternalStore(
    onSecond,
    () => secondsAt(now()),
    () => secondsAt(drawnAt),
  );
  return <span className="tabular-nums">{lengthText(seconds)}</span>;
}

function onSecond(changed: () => void): () => void {
  const ticking = setInterval(changed, 1_000);
  return () => clearInterval(ticking);
}

const TICK_MS = 5_000;
const WRONG_CLOCK_MS = 60_000;
const ticking = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let clockError = 0;

/** One timer for all times of the page. */
function onTick(changed: () => void): () => void {
  ticking.add(changed);
  timer ??= setInterval(() => {
    for (const each of ticking) each();
  }, TICK_MS);
  return () => {
    ticking.delete(changed);
    if (ticking.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A browser whose clock is wrong by minutes would call what just happened an hour old: then the server's clock counts. */
function setClock(drawnAt: number): void {
  const error = Date.now() - drawnAt;
  clockError = Math.abs(error) > WRONG_CLOCK_MS ? error : 0;
}

function now(): number {
  return Date.now() - clockError;
}

/** `850 ms`, `12.4 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h` */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  const [bigName, bigSize] = units[first] ?? units[3];
  const [smallName, smallSize] = units[first + 1] ?? units[3];
  const small = Math.floor((ms % bigSize) / smallSize);
  return `${Math.floor(ms / bigSize)} ${bigName}${small > 0 ? ` ${small} ${smallName}` : ""}`;
}
