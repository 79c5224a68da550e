import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** Asks for the stream of the log; `query` begins with a question mark. */
export type Ask = (query: string, signal: AbortSignal) => Promise<Response>;

/** The browser's way: with its cookie. */
export const askServer: Ask = (query, signal) =>
  fetch(`/api/live${query}`, { signal, cache: "no-store", headers: { accept: "text/event-stream" } });

/** What came at once: events, and the calls in which something was said. Nothing of both is a sign of life. */
export type Batch = { events: AuditEvent[]; callIds: string[] };

/** The stream is not for this page any more: its session has ended, or the server has another log. */
export class LogLost extends Error {}

/**
 * Opens the log after an event. Read with fetch and not with EventSource, which hides why it was refused, and the signs
 * of life by which a connection that died in a sleep is told from one on which nothing happens.
 *
 * @param session whose page this is: the cookie may be another session's meanwhile, of another organisation
 * @param after the number of the last event seen, -1 for none
 * @returns how many events the log had when it was opened, and what comes
 */
export async function openLog(
  ask: Ask,
  session: string,
  after: number,
  signal: AbortSignal,
): Promise<{ size: number; batches: AsyncGenerator<Batch> }> {
  const response = await ask(`?${new URLSearchParams({ session, after: String(after) })}`, signal);
  if (response.status === 401) throw new LogLost("the session has ended");
  const size = Number(response.headers.get("x-log-size"));
  if (!response.ok || !response.body || !Number.isInteger(size)) throw new Error(`no stream: ${response.status}`);
  // An organisation's numbers only grow.
  if (size <= after) throw new LogLost("the server has another log");
  return { size, batches: readFrames(response.body) };
}

async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<Batch> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const frames = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = frames.pop() ?? "";
      const told = frames.flatMap(dataOf);
      yield {
        events: told.filter((data) => "seq" in data),
        callIds: told.flatMap((data) => ("callIds" in data ? data.callIds : [])),
      };
    }
  } finally {
    await reader.cancel().catch(() => {
      // It broke before; there is nothing left to end.
    });
  }
}

/** What a frame says; nothing of a comment. */
function dataOf(frame: string): (AuditEvent | { callIds: string[] })[] {
  const data = frame.split("\n").find((line) => line.startsWith("data: "));
  return data ? [JSON.parse(data.slice(6)) as AuditEvent | { callIds: string[] }] : [];
}
