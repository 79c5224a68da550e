import type pg from "pg";
import type { Listener } from "#server/platform/listener.ts";
import { type EventView, logSize, readEventsAfter } from "./list.ts";
import { LOG_CHANNEL } from "./sequencer.ts";

const READ_BATCH = 200;
const RECENT_EVENTS = 256;

/** One organisation's end of the log, as long as somebody follows it. */
type Tail = {
  size: number;
  /** The number of the last event that was read for all; null until the first follower knows where it begins. */
  readTo: number | null;
  recent: EventView[];
  followers: number;
  wakers: Set<() => void>;
  reading: Promise<void> | null;
};

/**
 * Follows the logs of organisations. The notification is only a wake-up: what is delivered is read by number, so a
 * lost notification costs time, never an event. New events are read once for all followers of an organisation; a
 * follower that is slow reads for itself, so nobody's memory grows with somebody's slowness.
 */
export class LiveLog {
  readonly #pool: pg.Pool;
  readonly #tails = new Map<string, Tail>();
  readonly #onError: (error: unknown) => void;
  #closed = false;

  constructor(pool: pg.Pool, listener: Listener, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#onError = onError;
    listener.on(LOG_CHANNEL, (payload) => this.#notified(JSON.parse(payload) as [string, number][]));
    listener.onReconnect(() => this.#refresh());
  }

  /** Ends every follower: their generators return. */
  close(): void {
    this.#closed = true;
    for (const tail of this.#tails.values()) wake(tail);
  }

  /**
   * Yields the organisation's events in order, each once, in batches as they come.
   *
   * @param after the number of the last event already seen
   * @param signal ends the generator
   */
  async *follow(orgId: string, after: number, signal: AbortSignal): AsyncGenerator<EventView[]> {
    const tail = this.#join(orgId);
    const onAbort = () => wake(tail);
    signal.addEventListener("abort", onAbort);
    try {
      const size = await logSize(this.#pool, orgId);
      if (tail.readTo === null) {
        tail.size = Math.max(tail.size, size);
        tail.readTo = tail.size - 1;
      } else if (size > tail.size) {
        // Those who follow already must hear of what this one has found: the notification will be no news any more.
        this.#advance(orgId, tail, size);
      }
      // A number that the log does not have yet is one of another server's.
      let seen = Math.min(after, size - 1);
      while (!signal.aborted && !this.#closed) {
        const batch = await this.#next(orgId, tail, seen);
        if (batch.length === 0) {
          // While we were reading, it may have been ended: then nobody would wake us.
          if (!signal.aborted && !this.#closed) await new Promise<void>((resolve) => tail.wakers.add(resolve));
          continue;
        }
        seen = (batch.at(-1) as EventView).seq;
        yield batch;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      tail.followers--;
      if (tail.followers === 0) this.#tails.delete(orgId);
    }
  }

  #join(orgId: string): Tail {
    const tail = this.#tails.get(orgId) ?? {
      size: 0,
      readTo: null,
      recent: [],
      followers: 0,
      wakers: new Set(),
      reading: null,
    };
    tail.followers++;
    this.#tails.set(orgId, tail);
    return tail;
  }

  async #next(orgId: string, tail: Tail, seen: number): Promise<EventView[]> {
    if (seen + 1 >= tail.size) return [];
    if (tail.reading) await tail.reading;
    const first = tail.recent[0]?.seq;
    if (first !== undefined && first <= seen + 1) return tail.recent.filter((event) => event.seq > seen);
    return readEventsAfter(this.#pool, orgId, seen, READ_BATCH);
  }

  #notified(sizes: [string, number][]): void {
    for (const [orgId, size] of sizes) {
      const tail = this.#tails.get(orgId);
      if (tail && size > tail.size) this.#advance(orgId, tail, size);
    }
  }

  /** Reads what is new once for all followers. One read at a time: a later notification is served by the next. */
  #advance(orgId: string, tail: Tail, size: number): void {
    tail.size = Math.max(tail.size, size);
    if (tail.reading) return;
    if (tail.readTo === null) {
      wake(tail);
      return;
    }
    let progress = false;
    tail.reading = readEventsAfter(this.#pool, orgId, tail.readTo, READ_BATCH)
      .then((events) => {
        progress = events.length > 0;
        tail.recent = [...tail.recent, ...events].slice(-RECENT_EVENTS);
        tail.readTo = tail.recent.at(-1)?.seq ?? tail.readTo;
      })
      .catch((error) => {
        // Followers read for themselves what is not among the recent ones.
        tail.recent = [];
        tail.readTo = tail.size - 1;
        this.#onError(error);
      })
      .finally(() => {
        tail.reading = null;
        wake(tail);
        if (progress && (tail.readTo ?? 0) + 1 < tail.size) this.#advance(orgId, tail, tail.size);
      });
  }

  #refresh(): void {
    for (const [orgId, tail] of this.#tails) {
      logSize(this.#pool, orgId).then((size) => this.#advance(orgId, tail, size), this.#onError);
    }
  }
}

function wake(tail: Tail): void {
  for (const resolve of tail.wakers) resolve();
  tail.wakers.clear();
}
