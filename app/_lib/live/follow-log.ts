import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { type Ask, LogLost, openLog } from "./open-log.ts";

/**
 * `connecting` until the first connection stands, `reconnecting` after one broke, `behind` while what happened before
 * it stood is being read, `live` when what happens is seen at once.
 */
export type LiveState = "connecting" | "live" | "reconnecting" | "behind";

export type Following = {
  ask: Ask;
  session: string;
  /** The number of the last event seen, -1 for none. */
  from: number;
  onState: (state: LiveState) => void;
  /** Each event once and in order; none is a sign of life. */
  onEvents: (events: AuditEvent[]) => void;
  /** Something was said in these calls: a wake-up, which may be missed. */
  onCalls: (callIds: string[]) => void;
  /** It has ended for good: the page must be loaded again. */
  onLost: () => void;
};

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
const CHECK_MS = 5_000;
// The server gives a sign of life every 15 s.
const DEAD_MS = 40_000;

/** Follows the log over a connection of its own until it is closed: after every break it goes on where it was. */
export function followLog(following: Following): { wake: () => void; close: () => void } {
  const { ask, session, onState, onEvents, onCalls, onLost } = following;
  let seen = following.from;
  let closed = false;
  let connection = new AbortController();
  let heard = Date.now();
  let skipWait = () => {};

  // By the clock, not by a timer alone: timers stand still while a machine sleeps, and are slow in a hidden tab.
  function check(): void {
    if (Date.now() - heard > DEAD_MS) connection.abort();
  }

  async function connectOnce(onOpen: () => void): Promise<void> {
    connection = new AbortController();
    heard = Date.now();
    const checking = setInterval(check, CHECK_MS);
    try {
      const { size, batches } = await openLog(ask, session, seen, connection.signal);
      onOpen();
      let isBehind = seen < size - 1;
      onState(isBehind ? "behind" : "live");
      for await (const { events, callIds } of batches) {
        if (closed) return;
        heard = Date.now();
        if (callIds.length > 0) onCalls(callIds);
        const fresh = events.filter(({ seq }) => seq > seen);
        seen = fresh.at(-1)?.seq ?? seen;
        onEvents(fresh);
        // Whoever hears of them may have heard enough.
        if (closed) return;
        if (!isBehind || seen < size - 1) continue;
        isBehind = false;
        onState("live");
      }
    } finally {
      clearInterval(checking);
      connection.abort();
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closed) {
      try {
        await connectOnce(() => {
          failures = 0;
        });
      } catch (error) {
        if (closed) return;
        if (error instanceof LogLost) return onLost();
      }
      if (closed) return;
      onState("reconnecting");
      const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        skipWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  void run();
  return {
    /** Looks whether the connection is alive; tries again at once, where it waits to. */
    wake() {
      check();
      skipWait();
    },
    close() {
      closed = true;
      connection.abort();
      skipWait();
    },
  };
}
