import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitFor } from "../../../test/support/wait.ts";
import { billingState } from "../billing/billing-state.ts";
import { capWarnings } from "../billing/warned.ts";
import type { InboundMail } from "../email/gateway.ts";
import { receiveMail } from "../email/receive.ts";
import { openTransaction } from "../transaction.ts";
import { GB, keepBytes, storedBytes } from "./keep.ts";
import { recountStorage } from "./recount.ts";

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const plans = {
    FREE: { requestsPerMinute: 10_000, requestsPerSecond: 10_000, meters: { storage_gb: { quota: 1 } } },
  };
  await writeFile(join(folder, "plans.json"), JSON.stringify(plans));
  app = await startTestApp({ PLANS_FILE: join(folder, "plans.json") });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const KB = 1_000;
const file = (bytes: number) => ({
  filename: "a.bin",
  contentType: "application/octet-stream",
  content: Buffer.alloc(bytes, 7).toString("base64"),
});

/** An organisation on Free, of whose one GB all but so many bytes are taken. */
async function almostFull(left: number) {
  const { orgId, masterKey } = await app.organisation("FREE");
  const agent = await app.agent(masterKey);
  await openTransaction(app.runtime, (tx) => keepBytes(tx, orgId, GB - left));
  const send = (attachments: object[] = [], idempotencyKey?: string) =>
    app.call<{ id: string; details: object }>("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: "a@example.com", subject: "a", body: "a", attachments },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
  const held = () => storedBytes(app.runtime.db.prisma, orgId);
  return { orgId, masterKey, agent, send, held };
}

function mailTo(email: string, rawSizeBytes: number): InboundMail {
  const now = app.clock.now();
  const content = Buffer.alloc(2 * KB);
  return {
    rcptTo: [email],
    receivedAt: now,
    raw: () => Readable.from([Buffer.alloc(rawSizeBytes)]),
    rawSizeBytes,
    messageId: null,
    inReplyTo: null,
    references: [],
    from: "human@example.com",
    to: [email],
    cc: [],
    subject: "Hello",
    sentDate: now,
    text: "Hello",
    html: null,
    extractedText: "Hello",
    extractedHtml: null,
    headers: {},
    automatic: "no",
    attachments: [
      {
        filename: "a.bin",
        mimeType: "application/octet-stream",
        sizeBytes: content.length,
        contentId: null,
        content: () => Readable.from([content]),
      },
    ],
    verdicts: { spf: "pass", dkim: "pass", dmarc: "pass", dmarcPolicy: "none" },
    truncated: [],
  };
}

it("files that race for the last bytes get exactly those; a mail without files goes all the same", async () => {
  const { agent, send, held } = await almostFull(10 * KB);
  const answers = await Promise.all(Array.from({ length: 25 }, () => send([file(KB)])));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(10).fill(201), ...Array(15).fill(402)]);
  expect(await held()).toBe(GB);
  expect(answers.find(({ status }) => status === 402)?.body).toMatchObject({
    code: "PAYMENT_REQUIRED",
    details: {
      resource: "storage_gb",
      source: "plan",
      scope: "org",
      period: null,
      capUnits: 1,
      usedUnits: 1,
      capBytes: GB,
      usedBytes: GB,
      resetsAt: null,
      remediation: { plan: "STARTER", hint: expect.stringContaining("without attachments") },
    },
  });
  expect((await send()).status).toBe(201);
  const { body } = await app.call<{ items: { event: string; result: string }[] }>(
    "GET",
    "/v1/audit/events?event=email.refused&limit=100",
    { key: agent.key },
  );
  expect(body.items).toHaveLength(15);
  expect(body.items[0]).toMatchObject({ result: "DENIED" });
});

it("what is refused, asked for twice or passed on stores nothing more", async () => {
  const { agent, send, held } = await almostFull(5 * KB);
  const first = await send([file(3 * KB)], "once");
  await send([file(3 * KB)], "once");
  expect(await held()).toBe(GB - 2 * KB);
  // More than is left: nothing of it stays, and what still fits goes.
  expect((await send([file(KB), file(2 * KB)])).status).toBe(402);
  expect(await held()).toBe(GB - 2 * KB);
  const forward = { to: "b@example.com", body: "see below" };
  const passed = await app.call("POST", `/v1/email/${first.body.id}/forward`, { key: agent.key, body: forward });
  expect(passed).toMatchObject({ status: 201, body: { attachments: [{ sizeBytes: 3 * KB }] } });
  expect(await held()).toBe(GB - 2 * KB);
  expect((await send([file(2 * KB)])).status).toBe(201);
});

it("mail that comes in is taken also where it is full, and the owners are told; a larger plan lifts it at once", async () => {
  const { orgId, masterKey, agent, send, held } = await almostFull(KB);
  await receiveMail(app.runtime, mailTo(agent.email, 5 * KB));
  // The source and its attachment.
  expect(await held()).toBe(GB + 6 * KB);
  expect((await send([file(1)])).status).toBe(402);
  const principal = { kind: "master" as const, orgId, tier: "FREE" as const, keyId: "key", scopes: ["*"] };
  const ctx = { services: app.runtime, principal, requestId: null, correlationId: "corr", correlationGiven: false };
  await waitFor(async () => expect((await capWarnings(ctx, {})).items).toHaveLength(1));
  expect((await capWarnings(ctx, {})).items).toMatchObject([
    { source: "plan", meter: "storage_gb", isStock: true, percent: 100, blocked: true },
  ]);
  expect((await billingState(ctx, {})).stocks[1]).toMatchObject({ resource: "storage_gb", quota: 1, percent: 100 });
  const usage = await app.call("GET", "/v1/billing/usage", { key: masterKey });
  expect(usage.body).toMatchObject({
    storedBytes: GB + 6 * KB,
    meters: expect.arrayContaining([
      { meter: "storage_gb", quantity: 2, included: 1, billable: 0, unitMicros: 0, micros: 0 },
    ]),
  });

  await app.call("POST", "/v1/billing/change-plan", { key: masterKey, body: { tier: "starter" } });
  expect((await send([file(KB)])).status).toBe(201);
  const back = await app.call("POST", "/v1/billing/change-plan", { key: masterKey, body: { tier: "free" } });
  expect(back.body.mustGo).toEqual([{ resource: "storage_gb", used: 2, allowed: 1, excess: 1 }]);
});

it("the nightly count finds what the counter says, while mail is stored; a fault is mended and told", async () => {
  const { orgId, masterKey } = await app.organisation("STARTER");
  const agent = await app.agent(masterKey);
  const body = { to: "a@example.com", subject: "a", body: "a", attachments: [file(KB)] };
  const store = () =>
    Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        n % 2 === 0
          ? receiveMail(app.runtime, mailTo(agent.email, KB))
          : app.call("POST", "/v1/email/send", { key: agent.key, body }),
      ),
    );
  const faults = async () =>
    (
      await app.call<{ items: { data: object }[] }>("GET", "/v1/audit/events?event=billing.storage.recounted", {
        key: masterKey,
      })
    ).body.items.map(({ data }) => data);
  await Promise.all([store(), recountStorage(app.runtime), recountStorage(app.runtime)]);
  expect(await storedBytes(app.runtime.db.prisma, orgId)).toBe(5 * 3 * KB + 5 * KB);
  expect(await faults()).toEqual([]);
  await app.runtime.db.pool.query("UPDATE stored_bytes SET bytes = bytes + 1 WHERE org_id = $1 AND slot > 0", [orgId]);
  await recountStorage(app.runtime);
  expect(await storedBytes(app.runtime.db.prisma, orgId)).toBe(20 * KB);
  expect(await faults()).toMatchObject([{ thereBytes: 20 * KB }]);
});
