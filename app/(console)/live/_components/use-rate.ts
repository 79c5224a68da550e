"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

const BAR_MS = 5_000;
const BARS = 60;
const TICK_MS = 1_000;

/** Events per second in bars of 5 s over the last 5 minutes, oldest first; null where it is not known. */
type Rate = (number | null)[];

/** Counts events by their time. The last bar is of the running 5 s, so it grows. */
export function useRate() {
  const counts = useRef(new Map<number, number>());
  const countedTo = useRef(-1);
  const knownFrom = useRef(Number.POSITIVE_INFINITY);
  const [rate, setRate] = useState<Rate>(() => Array(BARS).fill(null));

  const count = useCallback((event: AuditEvent) => {
    if (event.seq <= countedTo.current) return;
    countedTo.current = event.seq;
    const bar = Math.floor(Date.parse(event.ts) / BAR_MS);
    counts.current.set(bar, (counts.current.get(bar) ?? 0) + 1);
  }, []);

  /** Counts a list, newest first, which says how it was before; `hasMore`: as far back as it goes. */
  const list = useCallback(
    (events: AuditEvent[], hasMore: boolean) => {
      const oldest = events.at(-1);
      const reaches = oldest !== undefined && hasMore ? Date.parse(oldest.ts) : Number.NEGATIVE_INFINITY;
      knownFrom.current = Math.min(knownFrom.current, reaches);
      for (const event of events.toReversed()) count(event);
    },
    [count],
  );

  useEffect(() => {
    const tick = () => {
      const last = Math.floor(Date.now() / BAR_MS);
      for (const bar of counts.current.keys()) if (bar <= last - BARS) counts.current.delete(bar);
      const known = Math.ceil(knownFrom.current / BAR_MS);
      setRate(
        Array.from({ length: BARS }, (_, index) => {
          const bar = last - BARS + 1 + index;
          return bar < known ? null : (counts.current.get(bar) ?? 0) / (BAR_MS / 1_000);
        }),
      );
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return { rate, count, list };
}
