import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CarrierRefused, CarrierUnsure } from "#server/domain/phone/carrier.ts";
import type { CarrierNews } from "#server/domain/phone/news.ts";
import { tokenOf } from "#server/domain/phone/token.ts";
import { newId } from "#server/platform/ids.ts";
import { openRuntime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import { waitUntil } from "../../../../test/support/wait.ts";

let app: TestApp;
let orgId: string;
let key: string;
let own: string;
let told: CarrierNews[];
let refuse: (news: CarrierNews[]) => boolean;
const start = new Date("2026-03-02T17:00:00Z");

beforeAll(async () => {
  app = await startTestApp({}, { receiveNews: async (_services, news) => take(news) });
});
afterAll(() => app.close());

beforeEach(async () => {
  told = [];
  refuse = () => false;
  app.clock.set(start);
  ({ orgId, masterKey: key } = await app.organisation());
  const [free] = await search({ limit: 1 });
  own = (await app.runtime.carrier.buyNumber(free?.phoneNumber ?? "", { orgId, token: newId() })).phoneNumber;
});

function take(news: CarrierNews[]): void {
  if (refuse(news)) throw new Error("not now");
  told.push(...news);
}

const search = (more: object) =>
  app.runtime.carrier.searchNumbers({
    countryCode: "US",
    areaCode: "212",
    contains: null,
    capabilities: ["voice"],
    numberType: null,
    limit: 5,
    ...more,
  });

const order = (to: string, more: object = {}) => {
  const id = newId();
  return {
    id,
    orgId,
    token: tokenOf(orgId, id),
    from: own,
    to,
    greeting: null,
    voiceId: null,
    language: null,
    maxSeconds: 600,
    body: "hello",
    mediaUrls: [],
    ...more,
  };
};

/** What was told of a call, as far as it goes on by itself until `seconds` after the start. */
async function courseOf(to: string, seconds: number, more: object = {}) {
  const { carrierId } = await app.runtime.carrier.placeCall(order(to, more));
  return until(carrierId, seconds);
}

async function until(carrierId: string, seconds: number, isLast: (news: CarrierNews) => boolean = () => false) {
  app.clock.set(new Date(start.getTime() + seconds * 1000));
  await waitUntil(async () => told.some(isLast) || (await pending()) === 0);
  return told
    .filter((news) => news.carrierId === carrierId)
    .map(({ id: _id, carrierId: _carrierId, token: _token, at, ...news }) => ({
      after: (at.getTime() - start.getTime()) / 1000,
      ...news,
    }));
}

const pending = () => app.runtime.db.prisma.sandboxStep.count({ where: { dueAt: { lte: app.runtime.clock.now() } } });

const play = (path: string, body: object, as = key) => app.call("POST", `/v1/sandbox/${path}`, { key: as, body });

it.each([
  [
    "00",
    603,
    [
      ["call_ringing", 1],
      ["call_answered", 3, "person"],
      ["call_ended", 603, "timeout", 600],
    ],
  ],
  [
    "50",
    60,
    [
      ["call_ringing", 1],
      ["call_answered", 6, "machine"],
      ["heard", 7],
      ["call_ended", 36, "completed", 30],
    ],
  ],
  ["51", 60, [["call_ended", 2, "busy", 0]]],
  [
    "52",
    60,
    [
      ["call_ringing", 1],
      ["call_ended", 30, "no_answer", 0],
    ],
  ],
  [
    "53",
    60,
    [
      ["call_ringing", 1],
      ["call_ended", 4, "rejected", 0],
    ],
  ],
  [
    "54",
    60,
    [
      ["call_ringing", 1],
      ["call_answered", 3, "person"],
      ["call_ended", 23, "failed", 20],
    ],
  ],
  ["58", 60, [["call_ended", 1, "failed", 0]]],
])("a call to 555-01%s", async (line, seconds, expected) => {
  const course = await courseOf(`+130555501${line}`, seconds);
  const rows = course.map((news) =>
    [
      news.kind,
      news.after,
      news.kind === "call_answered" ? news.by : undefined,
      ...(news.kind === "call_ended" ? [news.reason, news.durationSeconds] : []),
    ].filter((value) => value !== undefined),
  );
  expect(rows).toEqual(expected);
});

it.each([
  ["00", ["sent", "delivered"]],
  ["56", ["sent", "failed"]],
  ["58", ["sent", "failed"]],
])("a message to 555-01%s", async (line, expected) => {
  const { carrierId } = await app.runtime.carrier.sendMessage(order(`+130555501${line}`));
  const course = await until(carrierId, 5);
  expect(course.map((news) => news.kind === "message_status" && news.status)).toEqual(expected);
});

it("STOP comes back from 555-0157, and what is sent to another number of the sandbox arrives there", async () => {
  const other = (await search({ areaCode: "646", limit: 1 }))[0]?.phoneNumber ?? "";
  await app.runtime.carrier.buyNumber(other, { orgId, token: newId() });
  await app.runtime.carrier.sendMessage(order("+13055550157"));
  await app.runtime.carrier.sendMessage(order(other, { body: "from one to the other" }));
  await until("", 5);
  const incoming = told.flatMap((news) => (news.kind === "message_incoming" ? [news] : []));
  expect(incoming).toEqual([
    expect.objectContaining({ from: own, to: other, body: "from one to the other" }),
    expect.objectContaining({ from: "+13055550157", to: own, body: "STOP" }),
  ]);
});

it("an order whose answer never arrives was taken once, and is found by its token", async () => {
  const call = order("+13055550159");
  const { carrier } = app.runtime;
  expect(await carrier.findCall(call, start)).toBeNull();
  await expect(carrier.placeCall(call)).rejects.toBeInstanceOf(CarrierUnsure);
  await expect(carrier.placeCall(call)).rejects.toBeInstanceOf(CarrierUnsure);
  await expect(carrier.sendMessage(call)).rejects.toBeInstanceOf(CarrierUnsure);
  const found = await carrier.findCall(call, start);
  await until("", 5);
  expect(told.filter(({ kind }) => kind === "call_ringing")).toMatchObject([{ ...found, token: call.token }]);
  expect(await carrier.findMessage(call, start)).not.toBeNull();
});

it("a repeated order is the same call, also when part of it was told", async () => {
  const call = order("+13055550100");
  const first = await app.runtime.carrier.placeCall(call);
  await until(first.carrierId, 2);
  expect(await app.runtime.carrier.placeCall(call)).toEqual(first);
  await until(first.carrierId, 10);
  expect(told.map(({ kind }) => kind)).toEqual(["call_ringing", "call_answered"]);
});

it("the look-up knows reassigned numbers, has no data of one, and fails for one", async () => {
  const lookUp = (line: string) => app.runtime.carrier.lookUp(`+130555501${line}`, start);
  expect(await lookUp("00")).toEqual({ lineType: "mobile", reassigned: "no", ported: false });
  expect(await lookUp("55")).toMatchObject({ reassigned: "yes" });
  expect(await lookUp("60")).toMatchObject({ reassigned: "no_data" });
  await expect(lookUp("61")).rejects.toMatchObject({ retryable: true });
});

it("numbers are bought once; nobody calls or texts from one that is not theirs", async () => {
  const { carrier } = app.runtime;
  const phoneNumber = (await search({}))[0]?.phoneNumber ?? "";
  const token = newId();
  const bought = await carrier.buyNumber(phoneNumber, { orgId, token });
  expect(await carrier.buyNumber(phoneNumber, { orgId, token })).toEqual(bought);
  expect(await carrier.findNumber(phoneNumber, { orgId, token })).toEqual(bought);
  expect(await carrier.findNumber(phoneNumber, { orgId, token: newId() })).toBeNull();
  await expect(carrier.buyNumber(phoneNumber, { orgId, token: newId() })).rejects.toMatchObject({
    code: "not_available",
  });
  await expect(carrier.buyNumber("+12125550142", { orgId, token: newId() })).rejects.toBeInstanceOf(CarrierRefused);
  expect((await search({ limit: 100 })).map((number) => number.phoneNumber)).not.toContain(phoneNumber);
  const other = await app.organisation();
  await expect(carrier.placeCall(order("+13055550100", { orgId: other.orgId }))).rejects.toMatchObject({
    code: "not_owned",
  });
  await carrier.releaseNumber(bought.providerId);
  await expect(carrier.sendMessage(order("+13055550100", { from: phoneNumber }))).rejects.toMatchObject({
    code: "not_owned",
  });
});

it("a conversation: the agent speaks in pieces, the person interrupts, presses keys and hangs up", async () => {
  const { carrier } = app.runtime;
  const call = order("+13055550100", { greeting: "Good morning to you" });
  const { carrierId } = await carrier.placeCall(call);
  expect(await play(`calls/${call.id}/say`, { text: "Too early" })).toMatchObject({ status: 409 });
  // The greeting: four words, 1.6 seconds from second 3 on. Then ten words of which five are heard.
  await until(carrierId, 3);
  await carrier.speak(carrierId, { turnId: "t1", text: "one two three four five ", last: false, voiceId: null });
  await carrier.speak(carrierId, { turnId: "t1", text: "six seven eight nine ten", last: true, voiceId: null });
  await carrier.speak(carrierId, { turnId: "t2", text: "never said", last: true, voiceId: null });
  await until(carrierId, 6.7);
  expect((await play(`calls/${call.id}/say`, { text: "Wait a moment please" })).status).toBe(200);
  await play(`calls/${call.id}/say`, { digits: "12#" });
  await carrier.hold(carrierId, true);
  expect(await play(`calls/${call.id}/say`, { text: "Hello?" })).toMatchObject({ status: 409 });
  await carrier.hold(carrierId, false);
  expect((await play(`calls/${call.id}/hang-up`, {})).status).toBe(200);
  const course = await until(carrierId, 900);
  expect(course).toMatchObject([
    { kind: "call_ringing", after: 1 },
    { kind: "call_answered", after: 3 },
    { kind: "speak_ended", after: 4.6, turnId: null, text: "Good morning to you" },
    { kind: "interrupted", after: 6.7, spokenUntil: "one two three four five", heard: "Wait a moment please" },
    { kind: "heard", text: "Wait a", isFinal: false },
    { kind: "heard", text: "Wait a moment please", isFinal: true },
    { kind: "digits", digits: "12#" },
    { kind: "call_ended", after: 6.7, reason: "caller_hangup", durationSeconds: 4 },
  ]);
  await expect(carrier.speak(carrierId, { turnId: "t3", text: "a", last: true, voiceId: null })).rejects.toMatchObject({
    code: "not_active",
  });
});

it("an incoming call is answered, rejected, or rings out", async () => {
  const { carrier } = app.runtime;
  const call = async () => {
    const { status, body } = await play("inbound-call", { from: "+13055550100", to: own });
    expect(status).toBe(201);
    return String(body.carrierId);
  };
  const [answered, rejected, missed] = [await call(), await call(), await call()];
  await until(answered, 5);
  expect(told).toMatchObject(Array(3).fill({ kind: "call_incoming", from: "+13055550100", to: own, token: null }));
  const token = tokenOf(orgId, newId());
  await carrier.answerCall(answered, { token, greeting: "Hello", voiceId: null, language: null });
  await carrier.rejectCall(rejected);
  await until(answered, 40);
  await carrier.hangUp(answered);
  const end = async (id: string) => (await until(id, 50)).filter(({ kind }) => kind === "call_ended");
  expect(await end(answered)).toMatchObject([{ after: 40, reason: "agent_hangup", durationSeconds: 35 }]);
  expect(await end(rejected)).toMatchObject([{ after: 5, reason: "rejected", durationSeconds: 0 }]);
  expect(await end(missed)).toMatchObject([{ after: 30, reason: "no_answer", durationSeconds: 0 }]);
  expect(told.find(({ kind }) => kind === "speak_ended")).toMatchObject({ token, text: "Hello" });
});

it("news that cannot be taken is told again, with the same id, and holds up no other call", async () => {
  const first = await app.runtime.carrier.placeCall(order("+13055550151"));
  const second = await app.runtime.carrier.placeCall(order("+13055550151"));
  let refused = 0;
  refuse = (news) => news.some(({ carrierId }) => carrierId === first.carrierId) && refused++ < 2;
  app.clock.advanceSeconds(5);
  await waitUntil(() => told.some(({ carrierId }) => carrierId === first.carrierId));
  expect(refused).toBeGreaterThanOrEqual(2);
  expect(told.map(({ carrierId }) => carrierId)).toEqual([second.carrierId, first.carrierId]);
});

it("the played side belongs to whoever has the number, and bad input names its field", async () => {
  const { masterKey: stranger } = await app.organisation();
  const text = { from: "+13055550100", to: own, body: "hi" };
  expect(await play("inbound-sms", text, stranger)).toMatchObject({ status: 404 });
  expect(await play("inbound-call", { from: text.from, to: own }, stranger)).toMatchObject({ status: 404 });
  const call = order("+13055550100");
  const { carrierId } = await app.runtime.carrier.placeCall(call);
  for (const id of [call.id, carrierId, "nobody"]) {
    expect(await play(`calls/${id}/say`, { text: "hi" }, stranger)).toMatchObject({ status: 404 });
    expect(await play(`calls/${id}/hang-up`, {}, stranger)).toMatchObject({ status: 404 });
  }
  for (const [path, body, field] of [
    ["inbound-sms", { ...text, from: "5550100" }, "from"],
    ["inbound-sms", { from: text.from, to: own }, "body"],
    ["inbound-call", { from: text.from }, "to"],
    [`calls/${call.id}/say`, {}, "text"],
    [`calls/${call.id}/say`, { digits: "A" }, "digits"],
    [`calls/${call.id}/hang-up`, { reason: "none" }, "reason"],
  ] as const) {
    expect(await play(path, body), path).toMatchObject({ status: 400, body: { details: { fields: [{ field }] } } });
  }
  expect((await play("inbound-sms", text)).status).toBe(201);
  await waitUntil(() => told.length > 0);
  expect(told).toMatchObject([{ kind: "message_incoming", ...text, mediaUrls: [] }]);
});

it("calls go on in another process, and once: two processes tell each thing one time", async () => {
  const news: CarrierNews[] = [];
  const receiveNews = async (_services: object, list: CarrierNews[]) => void news.push(...list);
  const other = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock, receiveNews });
  other.sandboxTicker?.start();
  const calls = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? other : app.runtime).carrier.placeCall(order("+13055550154", { greeting: null })),
    ),
  );
  for (let second = 1; second <= 25; second++) {
    app.clock.set(new Date(start.getTime() + second * 1000));
    await waitUntil(async () => (await pending()) === 0);
  }
  await other.close();
  const ours = new Set(calls.map(({ carrierId }) => carrierId));
  const all = [...told, ...news].filter(({ carrierId }) => ours.has(carrierId));
  expect(all).toHaveLength(60);
  expect(new Set(all.map(({ id }) => id)).size).toBe(60);
  expect(ours.size).toBe(20);
});
