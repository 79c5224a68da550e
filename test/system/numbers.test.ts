import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { ACCOUNT, AUTH_TOKEN, startTwilio } from "../support/twilio.ts";
import { waitUntil } from "../support/wait.ts";
import { createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";
import { query, runNow } from "./support/queue.ts";

const WAIT = { interval: 20 };

let twilio: Awaited<ReturnType<typeof startTwilio>>;
let installation: Installation;
let server: ServerProcess;
let agentId: string;

beforeAll(async () => {
  twilio = await startTwilio();
  installation = await createInstallation({
    // A plan with room for one number.
    env: {
      ...INIT_ENV,
      INIT_TIER: "FREE",
      CARRIER: "twilio",
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_API_BASE: twilio.apiBase,
    },
  });
  server = await installation.start();
  agentId = (await createAgent(server, "scout")).id;
});
afterAll(async () => {
  await installation.remove();
  await twilio.close();
});
afterEach(() => {
  twilio.speakAgain();
  twilio.cut();
});

type Numbers = { items: { phoneNumber: string; providerId: string }[] };
const numbers = async () =>
  (await server.call<Numbers>("GET", "/v1/phone/numbers", { key: MASTER_KEY })).body.items.map(
    ({ providerId }) => providerId,
  );
const atTheCarrier = () => twilio.numbers.map(({ sid }) => sid);
const buy = (idempotencyKey?: string) =>
  server.call<{ phoneNumber: string; code: string }>("POST", "/v1/phone/provision", {
    key: MASTER_KEY,
    body: { agentId },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });
const sql = <Row extends object>(text: string) => query<Row>(installation.databaseUrl as string, text);

/** Kills the server while the carrier leaves a request unanswered, and starts another one. */
async function killWhileSilent(silence: { asked: number }): Promise<void> {
  await waitUntil(() => silence.asked > 0, WAIT);
  await server.kill("SIGKILL");
  twilio.speakAgain();
  twilio.cut();
  server = await installation.start();
}

/** The task, once whoever wrote the orders must be gone. */
async function settleLater(): Promise<void> {
  await sql("UPDATE number_order SET asked_at = asked_at - interval '61 seconds'");
  await runNow(installation.databaseUrl as string, "settle-number-orders");
  await waitUntil(async () => (await sql("SELECT 1 FROM number_order")).length === 0, WAIT);
}

async function releaseAll(): Promise<void> {
  const { body } = await server.call<Numbers>("GET", "/v1/phone/numbers", { key: MASTER_KEY });
  for (const { phoneNumber } of body.items) {
    await server.call("POST", "/v1/phone/release", { key: MASTER_KEY, body: { phoneNumber } });
  }
  await waitUntil(() => twilio.numbers.length === 0, WAIT);
}

it("killed after the carrier has sold the number: it becomes the agent's, and the repeat is answered with it", async () => {
  const silence = twilio.fallSilent("POST", "/IncomingPhoneNumbers", "after");
  const bought = buy("bought-once").catch((error: unknown) => error);
  await killWhileSilent(silence);
  expect(await bought).toBeInstanceOf(TypeError);
  expect(atTheCarrier()).toHaveLength(1);
  expect(await numbers()).toEqual([]);
  await settleLater();
  expect(await numbers()).toEqual(atTheCarrier());
  const { status, body } = await buy("bought-once");
  expect({ status, phoneNumber: body.phoneNumber }).toEqual({
    status: 201,
    phoneNumber: twilio.numbers[0]?.phone_number,
  });
  expect(atTheCarrier()).toHaveLength(1);
  await releaseAll();
});

it("killed before the carrier has taken the order: it is forgotten, and another one finds room", async () => {
  const silence = twilio.fallSilent("POST", "/IncomingPhoneNumbers", "before");
  const bought = buy().catch((error: unknown) => error);
  await killWhileSilent(silence);
  expect(await bought).toBeInstanceOf(TypeError);
  expect(await buy()).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED" } });
  await settleLater();
  expect(atTheCarrier()).toEqual([]);
  expect((await buy()).status).toBe(201);
  expect(await numbers()).toEqual(atTheCarrier());
  await releaseAll();
});

it.each(["before", "after"] as const)(
  "killed %s the carrier has taken a number back: it is told until it has",
  async (when) => {
    const { body } = await buy();
    const silence = twilio.fallSilent("DELETE", "/IncomingPhoneNumbers", when);
    const released = { key: MASTER_KEY, body: { phoneNumber: body.phoneNumber } };
    expect((await server.call("POST", "/v1/phone/release", released)).status).toBe(200);
    await killWhileSilent(silence);
    expect(atTheCarrier()).toHaveLength(when === "before" ? 1 : 0);
    await waitUntil(async () => (await sql("SELECT 1 FROM phone_number WHERE returned_at IS NULL")).length === 0, WAIT);
    expect(atTheCarrier()).toEqual([]);
    expect(await numbers()).toEqual([]);
  },
  90_000,
);
