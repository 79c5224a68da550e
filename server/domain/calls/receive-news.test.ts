import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent } from "../../../test/support/phone.ts";
import { eventsOf } from "../agents/test-support.ts";
import type { CarrierNews } from "../phone/news.ts";
import { tokenOf } from "../phone/token.ts";
import { receiveNews } from "./receive-news.ts";
import type { Call } from "./schemas.ts";

let app: TestApp;
let agent: PhoneAgent;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp();
  app.clock.set(NOON);
  agent = await makePhoneAgent(app, "ENTERPRISE");
});
afterAll(() => app.close());
beforeEach(() => {
  // A new second: five dials fit into each.
  app.clock.set(NOON);
});

/** A call that was accepted, and what its carrier might tell of it. No worker runs, so that nobody else tells anything. */
async function accepted() {
  const { prisma } = app.runtime.db;
  const template = await prisma.call.findFirst({ where: { orgId: agent.orgId } });
  let id: string;
  if (template) {
    // As it was accepted: the gates and their frequency are another test's.
    id = `${template.id.slice(0, -4)}${String(++serial).padStart(4, "0")}`;
    await prisma.call.create({
      data: {
        ...template,
        id,
        carrierId: null,
        state: "queued",
        answeredAt: null,
        endedAt: null,
        answeredBy: null,
        endReason: null,
        durationSeconds: null,
        frames: 0,
        segments: 0,
        metadata: {},
      },
    });
  } else {
    const { body } = await app.call<{ callId: string }>("POST", "/v1/voice/calls", {
      key: agent.key,
      body: { to: "+12125550101", ...CONSENT },
    });
    id = body.callId;
  }
  const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000);
  const about = (newsId: string, seconds: number) => ({
    id: newsId,
    at: at(seconds),
    carrierId: `c-${id}`,
    token: tokenOf(agent.orgId, id),
  });
  const news: CarrierNews[] = [
    { ...about("ringing", 1), kind: "call_ringing" },
    { ...about("answered", 3), kind: "call_answered", by: "person" },
    { ...about("half", 5), kind: "heard", text: "Where is", isFinal: false, confidence: 1, turnId: "t" },
    { ...about("whole", 6), kind: "heard", text: "Where is it?", isFinal: true, confidence: 1, turnId: "t" },
    { ...about("ended", 63), kind: "call_ended", reason: "caller_hangup", durationSeconds: 60 },
  ];
  return { id, news };
}

const read = async (id: string) => (await app.call<Call>("GET", `/v1/voice/calls/${id}`, { key: agent.key })).body;

it("what a carrier tells comes to the same, however often and in whatever order it is told", async () => {
  const tellings = fc.shuffledSubarray([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], { minLength: 10, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(tellings, async (order) => {
      const { id, news } = await accepted();
      for (const index of order) await receiveNews(app.runtime, [news[index] as CarrierNews]);
      expect(await read(id)).toMatchObject({ state: "completed", endReason: "caller_hangup", durationSeconds: 60 });
      const names = (await eventsOf(app, agent.orgId, {})).filter(({ resourceId }) => resourceId === id);
      expect(names.filter(({ event }) => event === "voice.call.ended")).toHaveLength(1);
      expect(names.filter(({ event }) => event === "voice.call.answered").length).toBeLessThanOrEqual(1);
      const segments = await app.runtime.db.prisma.callSegment.findMany({ where: { callId: id, isFinal: true } });
      expect(segments.map(({ text }) => text)).toContain("Where is it?");
      const frames = await app.runtime.db.prisma.callFrame.findMany({ where: { callId: id }, orderBy: { seq: "asc" } });
      expect(frames.at(-1)?.frame).toMatchObject({ type: "call.ended" });
    }),
    { numRuns: 25 },
  );
});

it("two processes that are told the same at the same instant apply it once", async () => {
  const { id, news } = await accepted();
  await Promise.all([1, 2, 3].map(() => receiveNews(app.runtime, news)));
  const frames = await app.runtime.db.prisma.callFrame.findMany({ where: { callId: id } });
  const types = frames.map(({ frame }) => (frame as { type: string }).type);
  expect(types.filter((type) => type === "call.ended")).toHaveLength(1);
  expect(types.filter((type) => type === "call.started").length).toBeLessThanOrEqual(1);
  expect(await read(id)).toMatchObject({ state: "completed", durationSeconds: 60 });
});

it("news of what nobody here knows changes nothing", async () => {
  const { news } = await accepted();
  const stranger = { ...(news[0] as CarrierNews), carrierId: "c-nobody", token: tokenOf(agent.orgId, "nobody") };
  await receiveNews(app.runtime, [stranger, { ...stranger, token: null }]);
  expect(await app.runtime.db.prisma.carrierNewsSeen.count({ where: { newsId: { contains: "c-nobody" } } })).toBe(0);
});
