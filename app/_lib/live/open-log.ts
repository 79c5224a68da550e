import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** Asks for the stream of the log; `query` begins with a question mark. */
export type Ask = (query: string, signal: AbortSignal) => Promise<Response>;

/** The browser's way: with its cookie. */
export const askServer: Ask = (query, signal) =>
  fetch(`/api/live${query}`, { signal, cache: "no-store", headers: { accept: "text/event-stream" } });

/** The stream is not for this page any more: its session has ended, or the server has another log. */
export class LogLost extends Error {}

/**
 * Opens the log after an event. Read with fetch and not with EventSource, which hides why it was refused, and the signs
 * of life by which a connection that died in a sleep is told from one on which nothing happens.
 *
 * @param session whose page this is: the cookie may be another session's meanwhile, of another organisation
 * @param after the number of the last event seen, -1 for none
 * @returns how many events the log had when it was opened, and its events as they come; a batch of none is a sign of life
 */
export async function openLog(
  ask: Ask,
  session: string,
  after: number,
  signal: AbortSignal,
): Promise<{ size: number; batches: AsyncGenerator<AuditEvent[]> }> {
  const response = await ask(`?${new URLSearchParams({ session, after: String(after) })}`, signal);
  if (response.status === 401) throw new LogLost("the session has ended");
  const size = Number(response.headers.get("x-log-size"));
  if (!response.ok || !response.body || !Number.isInteger(size)) throw new Error(`no stream: ${response.status}`);
  // An organisation's numbers only grow.
  if (size <= after) throw new LogLost("the server has another log");
  return { size, batches: readFrames(response.body) };
}

async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<AuditEvent[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const frames = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = frames.pop() ?? "";
      yield frames.flatMap(toEvents);
    }
  } finally {
    await reader.cancel().catch(() => {
      // It broke before; there is nothing left to end.
    });
  }
}

/** The event of a frame; none of a comment. */
function toEvents(frame: string): AuditEvent[] {
  const data = frame.split("\n").find((line) => line.startsWith("data: "));
  return data ? [JSON.parse(data.slice(6)) as AuditEvent] : [];
}
