import type { EventView } from "#server/audit/list.ts";
import type { LiveLog } from "#server/audit/live.ts";
import type { Following } from "#server/domain/events/follow.ts";

const HEARTBEAT_MS = 15_000;

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // no-transform and X-Accel-Buffering: proxies must neither compress nor hold back what they pass on.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  "content-encoding": "identity",
};

/**
 * The log as Server-Sent Events: `id:` is the event's number, `data:` one line of JSON, a comment every 15 s. It ends
 * when the client goes away or the server stops; with Last-Event-ID the next one continues without gap or double.
 *
 * @param after the number of the last event that the client has seen; null begins with what has come since it asked
 * @param mayStill asked before anything is handed out: a key that was revoked meanwhile sees nothing more
 * @param beside what else is told on the stream; it is given a way to write frames, and returns what ends it
 */
export function eventStream(
  live: LiveLog,
  following: Following,
  after: number | null,
  signal: AbortSignal,
  mayStill: () => Promise<boolean>,
  beside: (write: (frame: string) => void) => () => void = () => () => {},
): Response {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  // Known before the client hears that the stream is open: whatever it does then is on the stream.
  const seen = after ?? following.size - 1;
  const batches = live.follow(following.orgId, seen, ended);
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  let endBeside = () => {};
  const end = () => {
    clearInterval(heartbeat);
    endBeside();
    stop.abort();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // The first bytes tell the client (and every proxy) that the stream is open.
        controller.enqueue(encoder.encode(": connected\nretry: 1000\n\n"));
        const write = async (frame: string) => {
          // An answer that cannot be had counts as no: the client comes back and is asked for its key again.
          if (!(await mayStill().catch(() => false))) return stop.abort();
          // Nobody reads: one more would only pile up.
          if (!ended.aborted && (controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(frame));
        };
        heartbeat = setInterval(() => write(": heartbeat\n\n"), HEARTBEAT_MS);
        endBeside = beside(write);
      },
      async pull(controller) {
        try {
          const frames = await nextFrames(batches, following, mayStill);
          if (frames !== null) return controller.enqueue(encoder.encode(frames));
          controller.close();
        } catch (error) {
          // The database went away. The client comes back with the last number it has seen.
          controller.error(error);
        }
        end();
      },
      async cancel() {
        end();
        await batches.return(undefined);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 16_384 }),
  );
  return new Response(body, { headers: HEADERS });
}

/** The next events that are wanted; null when the stream has ended, or whoever opened it may not see more. */
async function nextFrames(
  batches: AsyncGenerator<EventView[]>,
  following: Following,
  mayStill: () => Promise<boolean>,
): Promise<string | null> {
  for (;;) {
    const next = await batches.next();
    if (next.done || !(await mayStill())) return null;
    const wanted = next.value.filter(following.wants);
    if (wanted.length > 0) return wanted.map(toFrame).join("");
  }
}

function toFrame(event: EventView): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The number in Last-Event-ID; null where there is none that we gave. */
export function lastEventId(header: string | null | undefined): number | null {
  return header && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
