import { get, type IncomingMessage } from "node:http";
import { waitFor } from "../../support/wait.ts";

export type StreamedEvent = {
  /** The number in the `id:` line. */
  id: number;
  seq: number;
  ts: string;
  channel: string;
  event: string;
  agentId: string | null;
  detail: string | null;
  correlationId: string;
  resourceId: string | null;
};

export type EventStream = {
  response: IncomingMessage;
  /** Everything that came so far, in its order. */
  events: StreamedEvent[];
  /** The first event that fits, also one that came before the call. */
  waitFor(fits: (event: StreamedEvent) => boolean): Promise<StreamedEvent>;
  /** Settles when the server has ended the stream, or the connection broke. */
  ended: Promise<void>;
  close(): void;
};

/** Follows `/v1/events/stream` over a connection of its own; resolves when the stream is open. */
export async function openEventStream(
  server: { url: string },
  key: string,
  options: { query?: string; lastEventId?: number } = {},
): Promise<EventStream> {
  const { query = "", lastEventId } = options;
  const headers = {
    authorization: `Bearer ${key}`,
    ...(lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) }),
  };
  const { promise: opened, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = get(`${server.url}/v1/events/stream${query}`, { headers, agent: false }, resolve).on("error", reject);
  const response = await opened;
  if (response.statusCode !== 200) throw new Error(`The stream was not opened: ${response.statusCode}`);

  const events: StreamedEvent[] = [];
  let rest = "";
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  response.setEncoding("utf8").on("data", (text: string) => {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) if (frame.startsWith("id:")) events.push(parseFrame(frame));
    begin();
  });
  // The server's end and a broken connection are both an end.
  response.on("error", () => {});
  const ended = new Promise<void>((done) => response.once("close", () => done()));
  await Promise.race([begun, ended]);
  return {
    response,
    events,
    async waitFor(fits) {
      const names = () => events.map((event) => event.event).join(", ") || "none";
      return waitFor(
        () => {
          const found = events.find(fits);
          if (!found) throw new Error(`No such event came; there were: ${names()}`);
          return found;
        },
        { interval: 10 },
      );
    },
    ended,
    close: () => void request.destroy(),
  };
}

function parseFrame(frame: string): StreamedEvent {
  const [idLine = "", dataLine = "", ...more] = frame.split("\n");
  if (!dataLine.startsWith("data: ") || more.length > 0) throw new Error(`Not one line of data: ${frame}`);
  return { ...JSON.parse(dataLine.slice("data: ".length)), id: Number(idLine.slice("id: ".length)) };
}
