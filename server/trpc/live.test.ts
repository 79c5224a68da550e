import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { liveStream } from "./live.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let masterKey: string;
let cookie: string;
beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
  cookie = await consoleOf(app).signIn(masterKey);
});
afterAll(() => app.close());

type Seen = { seq: number; event: string; agentId: string | null };

/** Opens the stream as a browser's EventSource does. */
async function follow(query = "", headers: Record<string, string> = {}) {
  const gone = new AbortController();
  const request = new Request(`http://console.test/api/live${query}`, {
    headers: { cookie, ...headers },
    signal: gone.signal,
  });
  const response = await liveStream(app.runtime, request);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    response,
    /** Reads until so many events have come, or the stream has ended. */
    async events(count: number): Promise<Seen[]> {
      const seen = () => [...text.matchAll(/^data: (.+)$/gm)].map((match) => JSON.parse(match[1] as string) as Seen);
      while (seen().length < count) {
        const { done, value } = await reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
      }
      return seen();
    },
    async leave() {
      gone.abort();
      await reader.cancel();
    },
  };
}

test("an event reaches the page as it happens, and the stream resumes after any of them", async () => {
  const newest = await consoleOf(app).query("events.list", { limit: 1 }, { cookie });
  const first = await follow(`?after=${newest.body.result.data.items[0].seq}`);
  expect(first.response.headers.get("content-type")).toContain("text/event-stream");
  expect(first.response.headers.get("cache-control")).toContain("no-transform");
  const agent = await app.agent(masterKey);
  const [created] = await first.events(1);
  expect(created).toMatchObject({ event: "agent.created", agentId: agent.id });
  await first.leave();

  const { seq } = created as Seen;
  const later = await app.agent(masterKey);
  const byHeader = await follow("?after=0", { "last-event-id": String(seq) });
  const byQuery = await follow(`?after=${seq}`);
  for (const stream of [byHeader, byQuery]) {
    expect(await stream.events(1)).toMatchObject([{ seq: seq + 1, agentId: later.id }]);
    await stream.leave();
  }
});

test("without a session there is no stream", async () => {
  const response = await liveStream(app.runtime, new Request("http://console.test/api/live"));
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
});

test("a filter that is none is refused", async () => {
  const request = new Request("http://console.test/api/live?channel=pigeon", { headers: { cookie } });
  expect((await liveStream(app.runtime, request)).status).toBe(400);
});

test("signing out ends the streams of the session, which see nothing more", async () => {
  const browser = consoleOf(app);
  const doomed = await browser.signIn(masterKey);
  const stream = await follow("", { cookie: doomed });
  await browser.mutate("session.signOut", {}, { cookie: doomed });
  const events = await stream.events(Number.POSITIVE_INFINITY);
  expect(events.map(({ event }) => event)).not.toContain("console.session.ended");
});
