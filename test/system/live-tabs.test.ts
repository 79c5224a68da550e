import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { liveStream } from "#server/trpc/live.ts";
import { consoleOf } from "#server/trpc/test-support.ts";
import type { LiveState } from "../../app/_lib/live/follow-log.ts";
import { type Joined, joinLog } from "../../app/_lib/live/join-log.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { CONSENT, makePhoneAgent, NOON } from "../support/phone.ts";
import { waitFor } from "../support/wait.ts";

let app: TestApp;
let masterKey: string;
let cookie: string;
let session: string;
/** Connections to the server: all that were ever opened, and those that stand. */
const asked: string[] = [];
const open = new Set<AbortController>();
let serverIsAway = false;
const tabs: Joined[] = [];

beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
});
afterEach(() => {
  vi.useRealTimers();
  for (const tab of tabs.splice(0)) tab.close();
  asked.length = 0;
  serverIsAway = false;
});
afterAll(() => app.close());

async function signIn(key: string): Promise<void> {
  cookie = await consoleOf(app).signIn(key);
  const { body } = await consoleOf(app).query(
    "events.list",
    { event: "console.session.started", limit: 1 },
    { cookie },
  );
  session = body.result.data.items[0].resourceId;
}

/** The browser's fetch: with the cookie that it has at this moment, over a connection that can be cut. */
async function ask(query: string, signal: AbortSignal): Promise<Response> {
  asked.push(query);
  if (serverIsAway) throw new TypeError("fetch failed");
  const cut = new AbortController();
  open.add(cut);
  const gone = AbortSignal.any([signal, cut.signal]);
  gone.addEventListener("abort", () => open.delete(cut));
  return liveStream(
    app.runtime,
    new Request(`http://console.test/api/live${query}`, { headers: { cookie }, signal: gone }),
  );
}

function cutConnections(): void {
  for (const connection of open) connection.abort();
}

const newestOf = async (key: string) => {
  const { body } = await app.call<{ items: { seq: number }[] }>("GET", "/v1/audit/events?limit=1", { key });
  return body.items[0]?.seq ?? -1;
};
const newest = () => newestOf(masterKey);

/** A tab that was drawn with the log up to `from`. */
function openTab(from: number, more: { locks?: LockManager | undefined; visible?: () => boolean } = {}) {
  const seen: AuditEvent[] = [];
  const states: LiveState[] = [];
  const calls: string[] = [];
  let lost = false;
  const tab = joinLog({
    ask,
    session,
    from,
    onState: (state) => states.push(state),
    onEvents: (events) => seen.push(...events),
    onCalls: (callIds) => calls.push(...callIds),
    onLost: () => {
      lost = true;
    },
    isVisible: more.visible ?? (() => true),
    locks: "locks" in more ? more.locks : navigator.locks,
  });
  tabs.push(tab);
  return {
    ...tab,
    states,
    calls,
    isLost: () => lost,
    numbers: () => seen.map(({ seq }) => seq),
    state: (state: LiveState) => waitFor(() => expect(states.at(-1)).toBe(state)),
    /** Waits until it has every event after `from` up to `to`, each once and in order. */
    has: (to: number) => waitFor(() => expect(seen.map(({ seq }) => seq)).toEqual(range(from + 1, to))),
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("tabs share one connection, and each sees every event once and in order", async () => {
  await signIn(masterKey);
  const start = await newest();
  const first = openTab(start);
  await first.state("live");
  const second = openTab(start);
  const third = openTab(start);
  await Promise.all([second.state("live"), third.state("live")]);
  for (let n = 0; n < 5; n++) await app.agent(masterKey);
  const end = await newest();
  await Promise.all([first, second, third].map((tab) => tab.has(end)));
  expect(asked).toHaveLength(1);
});

test("what is said in a call wakes every tab, over the same connection", async () => {
  const agent = await makePhoneAgent(app);
  app.clock.set(NOON);
  await signIn(agent.masterKey);
  const start = await newestOf(agent.masterKey);
  const [first, second] = [openTab(start), openTab(start)];
  await Promise.all([first.state("live"), second.state("live")]);
  const { status, body: call } = await app.call<{ callId: string }>("POST", "/v1/voice/calls", {
    key: agent.key,
    body: { to: "+12125550142", ...CONSENT },
  });
  expect(status).toBe(201);
  for (const tab of [first, second]) await waitFor(() => expect(tab.calls).toContain(call.callId));
  expect(asked).toHaveLength(1);
});

test("when the tab that leads closes, another goes on without a gap, and one that missed something reads it", async () => {
  await signIn(masterKey);
  const start = await newest();
  const leading = openTab(start);
  await leading.state("live");
  const following = openTab(start);
  await following.state("live");
  leading.close();
  await app.agent(masterKey);
  await following.has(await newest());
  expect(open.size).toBe(1);

  const late = openTab(start - 2);
  await late.has(await newest());
  await late.state("live");
  expect(late.states).toContain("behind");
  await app.agent(masterKey);
  await Promise.all([following, late].map(async (tab) => tab.has(await newest())));
  await waitFor(() => expect(open.size).toBe(1));
});

test("a server that goes away and comes back leaves no gap and no double, in any tab", async () => {
  await signIn(masterKey);
  const start = await newest();
  const [one, two] = [openTab(start), openTab(start)];
  await Promise.all([one.state("live"), two.state("live")]);
  serverIsAway = true;
  cutConnections();
  await Promise.all([one.state("reconnecting"), two.state("reconnecting")]);
  for (let n = 0; n < 3; n++) await app.agent(masterKey);
  serverIsAway = false;
  await Promise.all([one, two].map(async (tab) => tab.has(await newest())));
  await Promise.all([one.state("live"), two.state("live")]);
  expect(one.states).toContain("behind");
});

test("a page of a session that is not the browser's any more gets nothing, and every tab of it is told", async () => {
  await signIn(masterKey);
  const start = await newest();
  const [one, two] = [openTab(start), openTab(start)];
  await Promise.all([one.state("live"), two.state("live")]);
  const other = await app.organisation();
  const mine = session;
  await signIn(other.masterKey);
  await app.agent(other.masterKey);
  cutConnections();
  await waitFor(() => expect([one.isLost(), two.isLost()]).toEqual([true, true]));
  expect([one.numbers(), two.numbers()]).toEqual([[], []]);
  expect(session).not.toBe(mine);
});

test("a page that has seen more than the server has is of another log", async () => {
  await signIn(masterKey);
  const tab = openTab(10_000_000);
  await waitFor(() => expect(tab.isLost()).toBe(true));
});

test("a connection that died in a sleep is found dead, and what happened meanwhile is read", async () => {
  await signIn(masterKey);
  const start = await newest();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  // What the server says does not arrive any more.
  let asleep = true;
  const tab = joinLog({
    ask: async (query, signal) => {
      const response = await ask(query, signal);
      if (!asleep) return response;
      asleep = false;
      const silent = new ReadableStream({ start: (to) => signal.addEventListener("abort", () => to.error("cut")) });
      return new Response(silent, response);
    },
    session,
    from: start,
    onState: (state) => states.push(state),
    onEvents: (events) => seen.push(...events.map(({ seq }) => seq)),
    onCalls: () => {},
    onLost: () => {},
    isVisible: () => true,
    locks: navigator.locks,
  });
  const states: LiveState[] = [];
  const seen: number[] = [];
  tabs.push(tab);
  await waitFor(() => expect(states.at(-1)).toBe("live"));
  await app.agent(masterKey);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(5_000);
  await waitFor(() => expect(states).toContain("reconnecting"));
  vi.useRealTimers();
  const end = await newest();
  await waitFor(() => expect(seen).toEqual(range(start + 1, end)));
});

test("a tab that holds the lead and does not answer loses it", async () => {
  await signIn(masterKey);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let stolen: unknown;
  await new Promise<void>((held) => {
    navigator.locks
      .request(`anima log ${session}`, () => {
        held();
        return new Promise(() => {});
      })
      .catch((error: unknown) => {
        stolen = error;
      });
  });
  const tab = openTab(await newest());
  await new Promise(setImmediate);
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(20_000);
  await tab.state("live");
  expect(stolen).toMatchObject({ name: "AbortError" });
});

test("a tab whose lead was taken follows the one that took it", async () => {
  await signIn(masterKey);
  const start = await newest();
  const tab = openTab(start);
  await tab.state("live");
  let release = () => {};
  await new Promise<void>((held) => {
    void navigator.locks.request(`anima log ${session}`, { steal: true }, () => {
      held();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
  });
  await waitFor(() => expect(open.size).toBe(0));
  release();
  await app.agent(masterKey);
  await tab.has(await newest());
});

test("without locks a tab has a connection of its own, while somebody looks at it", async () => {
  await signIn(masterKey);
  const start = await newest();
  let visible = true;
  const tab = openTab(start, { locks: undefined, visible: () => visible });
  await tab.state("live");
  visible = false;
  tab.wake();
  await waitFor(() => expect(open.size).toBe(0));
  await app.agent(masterKey);
  visible = true;
  tab.wake();
  await tab.has(await newest());
});
