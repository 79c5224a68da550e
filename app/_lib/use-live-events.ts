"use client";

import { useEffect, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** `connecting` until the first connection stands, `reconnecting` after one broke. */
export type LiveState = "connecting" | "live" | "reconnecting";

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
const ASLEEP_MS = 60_000;

/**
 * Follows the log from an event on, newest first, each event once: after a break it continues after the last one it has
 * seen, whether the server restarted or the laptop slept.
 *
 * @param initial what the page already shows, newest first
 * @param keep how many events are kept at most
 */
export function useLiveEvents(initial: AuditEvent[], keep: number): { events: AuditEvent[]; state: LiveState } {
  const [events, setEvents] = useState(initial);
  const [state, setState] = useState<LiveState>("connecting");
  // What the page was drawn with is where the stream begins; later renders do not begin it again.
  const [start] = useState(initial[0]?.seq ?? -1);

  useEffect(() => {
    const connection = connect(start, setState, (event) => setEvents((shown) => [event, ...shown].slice(0, keep)));
    return () => connection.close();
  }, [start, keep]);

  return { events, state };
}

function connect(start: number, onState: (state: LiveState) => void, onEvent: (event: AuditEvent) => void) {
  let seen = start;
  let failures = 0;
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = 0;

  const open = () => {
    clearTimeout(retry);
    source?.close();
    // -1: nothing has happened yet; the stream then begins with the first event that does.
    source = new EventSource(`/api/live${seen >= 0 ? `?after=${seen}` : ""}`);
    source.onopen = () => {
      failures = 0;
      onState("live");
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as AuditEvent;
      if (event.seq <= seen) return;
      seen = event.seq;
      onEvent(event);
    };
    source.onerror = () => {
      // The browser's own retry gives up on an answer that is not a stream, such as a proxy's 502.
      source?.close();
      onState("reconnecting");
      retry = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    };
  };
  // A connection that died while the machine slept looks open until somebody writes to it.
  const wake = () => {
    if (document.visibilityState === "hidden") hiddenAt = Date.now();
    else if (hiddenAt > 0 && Date.now() - hiddenAt > ASLEEP_MS) open();
  };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", open);
  open();

  return {
    close() {
      clearTimeout(retry);
      source?.close();
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", open);
    },
  };
}
