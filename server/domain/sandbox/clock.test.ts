import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitUntil } from "../../../test/support/wait.ts";

let app: TestApp;
let other: Runtime;
let key: string;

beforeAll(async () => {
  app = await startTestApp();
  other = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
  ({ masterKey: key } = await app.organisation());
});
afterEach(() => set({ now: null }));
afterAll(async () => {
  await other.close();
  await app.close();
});

const set = (body: object, as = key) => app.call("PUT", "/v1/sandbox/clock", { key: as, body });
const read = async () => (await app.call("GET", "/v1/sandbox/clock", { key })).body;

it("goes on from where it is set, in every process, also in one that starts later", async () => {
  const at = new Date("2027-07-01T12:00:00Z");
  expect(await set({ now: at.toISOString() })).toMatchObject({ status: 200, body: { frozen: false } });
  expect(app.runtime.clock.now()).toEqual(at);
  app.clock.advanceSeconds(60);
  const later = new Date("2027-07-01T12:01:00Z");
  expect(app.runtime.clock.now()).toEqual(later);
  expect(await read()).toMatchObject({ now: later.toISOString(), realNow: app.clock.now().toISOString() });
  await waitUntil(() => other.clock.now().getTime() === later.getTime());
  const third = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
  expect(third.clock.now()).toEqual(later);
  await third.close();
});

it("stands still where it is frozen, goes on from there, and returns to the real time", async () => {
  const at = "2026-11-01T05:30:00.000Z";
  expect((await set({ now: at, frozen: true })).body).toMatchObject({ now: at, frozen: true });
  app.clock.advanceSeconds(3_600);
  expect(await read()).toMatchObject({ now: at, frozen: true });
  expect((await set({ frozen: false })).body).toMatchObject({ now: at, frozen: false });
  app.clock.advanceSeconds(1);
  expect(await read()).toMatchObject({ now: "2026-11-01T05:30:01.000Z" });
  await set({ frozen: true });
  expect((await set({ now: null })).body).toMatchObject({ now: app.clock.now().toISOString(), frozen: false });
  await waitUntil(() => other.clock.now().getTime() === app.clock.now().getTime());
});

it("each setting is an event; those that come at once follow one another", async () => {
  const settings = await Promise.all([1, 2, 3, 4].map((day) => set({ now: `2027-01-0${day}T00:00:00Z` })));
  expect(settings.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const stored = app.runtime.testClock?.setting;
  await waitUntil(() => other.testClock?.setting.revision === stored?.revision);
  expect(other.testClock?.setting).toEqual(stored);
  const { body } = await app.call<{ items: { event: string; data: object }[] }>("GET", "/v1/audit/events?limit=1", {
    key,
  });
  expect(body.items).toMatchObject([{ event: "voice.sandbox_clock.set" }]);
});

it("is set by master keys only, where the server allows it, and with the sandbox", async () => {
  const agent = await app.agent(key);
  expect(await set({ now: null }, agent.key)).toMatchObject({ status: 403, body: { code: "MASTER_KEY_REQUIRED" } });
  for (const [body, field] of [
    [{ now: "tomorrow" }, "now"],
    [{ now: null, frozen: true }, "frozen"],
    [{ frozen: "maybe" }, "frozen"],
    [{ time: "2027-01-01T00:00:00Z" }, "time"],
  ] as const) {
    expect(await set(body), field).toMatchObject({ status: 400, body: { details: { fields: [{ field }] } } });
  }
  const before = app.runtime.clock.now();
  const closed = await startTestApp({ PUBLIC_URL: "https://anima.example" });
  const { masterKey } = await closed.organisation();
  const answer = await closed.call("PUT", "/v1/sandbox/clock", { key: masterKey, body: { now: null } });
  expect(answer).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
  await closed.close();
  expect(app.runtime.clock.now()).toEqual(before);
});
