"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** The browser's zone; UTC on the server and during hydration, so that both draw the same. */
function useTimeZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
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
  day: { year: "numeric", month: "short", day: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** An instant in the reader's time zone, with the exact one on hover. */
export function Time({ at, format = "full" }: { at: string; format?: keyof typeof formats }) {
  const timeZone = useTimeZone();
  const text = new Intl.DateTimeFormat("en-GB", { ...formats[format], timeZone }).format(new Date(at));
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tabular-nums">
      {text}
    </time>
  );
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
