import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../test/support/phone.ts";
import type { ConversationSummary } from "../domain/sms/conversations.ts";
import { newId } from "../platform/ids.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let agent: PhoneAgent;
let cookie: string;
let browser: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  app = await startTestApp();
  app.clock.set(NOON);
  agent = await makePhoneAgent(app);
  browser = consoleOf(app);
  cookie = await browser.signIn(agent.masterKey);
});
afterAll(() => app.close());

// biome-ignore lint/suspicious/noExplicitAny: the answer as it is on the wire
async function ask(path: string, input: unknown = {}, as = cookie): Promise<any> {
  const { status, body } = await browser.query(path, input, { cookie: as });
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body.result.data;
}

const write = (to: string, body: string, more: object = {}, formId = newId()) =>
  browser.mutate("texts.send", { formId, fields: { agentId: agent.id, to, body, ...CONSENT, ...more } }, { cookie });
const arrive = async (from: string, body: string, to = agent.number) => {
  const played = await browser.mutate("texts.playInbound", { from, to, body }, { cookie });
  expect(played.status).toBe(200);
  await pass(app, 1);
};
const delivered = async () => {
  await work(app, agent.orgId);
  await pass(app, 3);
  await work(app, agent.orgId);
  await pass(app, 3);
};

const KIM = "+12125550110";
const LEE = "+12125550111";
const GONE = "+12125550156";

describe("conversations", () => {
  let colleague: PhoneAgent;
  let threadId: string;

  beforeAll(async () => {
    colleague = await makePhoneAgent(app, "GROWTH", agent);
    threadId = (await write(KIM, "Your parcel comes today")).body.result.data.threadId;
    await delivered();
    await write(GONE, "Is anybody there?");
    await delivered();
    await arrive(LEE, "Where is my parcel?", colleague.number);
    await arrive(KIM, "Thank you 🙂");
  });

  const list = async (input: object = {}): Promise<ConversationSummary[]> => (await ask("texts.list", input)).items;
  const partners = async (input: object = {}) => (await list(input)).map(({ theirs }) => theirs.phoneNumber);

  test("are listed with both numbers and what became of the newest text", async () => {
    expect(await list()).toMatchObject([
      {
        threadId,
        agentId: agent.id,
        ours: { phoneNumber: agent.number },
        theirs: { phoneNumber: KIM, display: "+1 212 555 0110" },
        messageCount: 2,
        last: { body: "Thank you 🙂", direction: "INBOUND" },
        optedOut: false,
      },
      { theirs: { phoneNumber: LEE }, ours: { phoneNumber: colleague.number } },
      { theirs: { phoneNumber: GONE }, last: { status: "FAILED", statusReason: "undeliverable" } },
    ]);
  });

  test("are found by agent, by either number as people write it, and by words", async () => {
    expect(await partners({ agentId: agent.id })).toEqual([KIM, GONE]);
    expect(await partners({ number: "(212) 555-0111" })).toEqual([LEE]);
    expect(await partners({ number: KIM })).toEqual([KIM]);
    expect(await partners({ number: colleague.number })).toEqual([LEE]);
    expect(await partners({ query: "parcel" })).toEqual([LEE, KIM]);
    expect(await partners({ query: "parcel", number: KIM })).toEqual([KIM]);
    expect(await partners({ query: "parcel", agentId: colleague.id })).toEqual([LEE]);
  });

  test("are read page by page, each once", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask("texts.list", {
        limit: 1,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.items.map((item: ConversationSummary) => item.theirs.phoneNumber));
      cursor = page.pagination.nextCursor;
    } while (cursor);
    expect(seen).toEqual([KIM, LEE, GONE]);
  });

  test("are nobody else's: neither in the list, nor by their id, nor by their number", async () => {
    const stranger = await makePhoneAgent(app);
    const theirs = await browser.signIn(stranger.masterKey);
    expect((await ask("texts.list", { number: KIM }, theirs)).items).toEqual([]);
    const other = await browser.query("texts.thread", { id: threadId }, { cookie: theirs });
    const missing = await browser.query("texts.thread", { id: `sms_${"0".repeat(40)}` }, { cookie: theirs });
    expect([other.status, missing.status]).toEqual([404, 404]);
    expect((await ask("numbers.overview", {}, theirs)).items).toHaveLength(1);
  });
});

test("a STOP stands on the conversation until it is lifted, and its answer is known as automatic", async () => {
  const to = "+12125550157";
  const { threadId } = (await write(to, "Hello")).body.result.data;
  await delivered();
  const thread = await ask("texts.thread", { id: threadId });
  expect(thread).toMatchObject({
    isOursHeld: true,
    standing: { optedOut: { word: "STOP", channel: "sms" }, listed: null },
  });
  expect(thread.texts.slice(0, 3)).toMatchObject([
    { body: "Hello", status: "DELIVERED" },
    { body: "STOP", direction: "INBOUND" },
    { answers: "stop", direction: "OUTBOUND" },
  ]);
  const refused = await write(to, "Are you sure?");
  expect(refused.body.error.data.error).toMatchObject({ code: "DO_NOT_CALL", details: { gate: "do_not_call" } });
  const lifted = await browser.mutate("texts.lift", { phoneNumber: to }, { cookie });
  expect(lifted.body.result.data).toEqual({ phoneNumber: to, removed: true });
  expect((await ask("texts.thread", { id: threadId })).standing.optedOut).toBeNull();
});

test("a check says what every gate says and sends nothing; a form sends once", async () => {
  const to = "+12125550120";
  const fields = { agentId: agent.id, to, body: "Hi" };
  const { body } = await browser.mutate("texts.check", fields, { cookie });
  expect(body.result.data).toMatchObject({ allowed: false, segments: 1 });
  expect(body.result.data.gates.filter(({ verdict }: { verdict: string }) => verdict === "refuse")).toMatchObject([
    { gate: "consent", code: "CONSENT_REQUIRED" },
  ]);
  expect((await ask("texts.list", { number: to })).items).toEqual([]);
  const formId = newId();
  const sent = await Promise.all([1, 2, 3].map(() => write(to, "Hi", {}, formId)));
  expect(new Set(sent.map((answer) => answer.body.result.data.id)).size).toBe(1);
});

test("a text leaves from the number that is named, if it is the agent's", async () => {
  const { body } = await browser.mutate(
    "numbers.buy",
    { formId: newId(), fields: { agentId: agent.id, areaCode: "305" } },
    { cookie },
  );
  const { phoneNumber } = body.result.data;
  const { threadId } = (await write("+13055550101", "Hi", { fromNumber: phoneNumber })).body.result.data;
  expect(await ask("texts.thread", { id: threadId })).toMatchObject({ ours: { phoneNumber } });
  const foreign = await makePhoneAgent(app, "GROWTH", agent);
  expect((await write("+13055550101", "Hi", { fromNumber: foreign.number })).status).toBe(404);
});

describe("numbers", () => {
  test("are bought once by a form, shown with this month's traffic, and gone once they are released", async () => {
    const own = await makePhoneAgent(app, "GROWTH");
    const as = { cookie: await browser.signIn(own.masterKey) };
    const overview = () => ask("numbers.overview", {}, as.cookie);
    const formId = newId();
    const fields = { agentId: own.id, phoneNumber: "+16505550342" };
    const buy = async () => (await browser.mutate("numbers.buy", { formId, fields }, as)).body.result.data.id;
    expect(await buy()).toBe(await buy());
    const sent = { formId: newId(), fields: { agentId: own.id, to: KIM, body: "Hi", ...CONSENT } };
    expect((await browser.mutate("texts.send", sent, as)).status).toBe(200);
    await browser.mutate("texts.playInbound", { from: KIM, to: own.number, body: "Yes?" }, as);
    await pass(app, 1);
    expect(await overview()).toMatchObject({
      carrier: "sandbox",
      items: [
        { phoneNumber: own.number, isPrimary: true, traffic: { textsSent: 1, textsReceived: 1, calls: 0 } },
        { phoneNumber: fields.phoneNumber, display: "+1 650 555 0342", traffic: { textsSent: 0 } },
      ],
    });
    await browser.mutate("numbers.release", { phoneNumber: fields.phoneNumber }, as);
    expect((await overview()).items).toHaveLength(1);
  });

  test("are searched by digits that they contain", async () => {
    const { items } = await ask("numbers.search", { areaCode: "212", contains: "0777" });
    expect(items.map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber)).toEqual(["+12125550777"]);
  });
});
