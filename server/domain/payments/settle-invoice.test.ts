import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { closeMonths } from "../invoices/close-month.ts";
import type { Invoice } from "../invoices/schemas.ts";
import { readCarried } from "../invoices/usage-of-month.ts";
import { collectInvoices } from "./collect.ts";
import { settleInvoice } from "./settle-invoice.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => app.clock.set(new Date("2027-01-01T00:00:00Z")));

const step = async (time: string) => {
  app.clock.set(new Date(time));
  await closeMonths(app.runtime);
  await collectInvoices(app.runtime);
};
/** An organisation whose invoice is not paid until overage is blocked for it. */
async function overdue() {
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  for (const day of ["02-01", "02-15", "02-16", "02-18", "02-22", "03-01"]) await step(`2027-${day}T00:00:00Z`);
  const read = async () =>
    (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key })).body.items.at(-1) as Invoice;
  const isBlocked = async () => {
    const { body } = await app.call<{ overdueSince: string | null }>("GET", "/v1/billing/tier", { key });
    return body.overdueSince !== null;
  };
  const events = async () =>
    (
      await app.call<{ items: { event: string; actor: object }[] }>("GET", "/v1/audit/events?limit=100", { key })
    ).body.items
      .map(({ event }) => event)
      .filter((event) => /^billing\.(invoice|overage)/.test(event))
      .toReversed();
  expect(await isBlocked()).toBe(true);
  return { orgId, key, read, isBlocked, events, ...(await read()) };
}
const settle = (number: string, settlement: "paid" | "void" | "uncollectible", reason = "agreed by phone") =>
  settleInvoice(app.runtime, { number, settlement, reason });

it("a void invoice is owed no more: overage is allowed, it cannot be paid, and it says so with its reason", async () => {
  const { key, id, number, read, isBlocked, events } = await overdue();
  await settle(number, "void", "billed twice");
  await settle(number, "void", "billed twice");
  expect(await read()).toMatchObject({
    status: "void",
    closedAt: "2027-03-01T00:00:00.000Z",
    closedReason: "billed twice",
    paidAt: null,
    amountPaid: 0,
  });
  expect(await isBlocked()).toBe(false);
  expect(await events()).toEqual([
    "billing.invoice.issued",
    "billing.invoice.issued",
    "billing.overage.blocked",
    "billing.invoice.voided",
    "billing.overage.allowed",
  ]);
  const pay = await app.call("POST", `/v1/billing/invoices/${id}/pay`, { key });
  expect(pay).toMatchObject({ status: 409, body: { details: { status: "void" } } });
  await expect(settle(number, "paid")).rejects.toMatchObject({ code: "CONFLICT" });
  // It is not tried again, and its month is not billed again.
  await step("2027-04-01T00:00:00Z");
  expect((await read()).status).toBe("void");
});

it("an uncollectible one is owed still: nothing is tried, overage stays blocked until it is paid", async () => {
  const { number, read, isBlocked, events } = await overdue();
  await settle(number, "uncollectible", "insolvent");
  expect(await read()).toMatchObject({ status: "uncollectible", closedReason: "insolvent" });
  expect(await isBlocked()).toBe(true);
  await settle(number, "paid", "the estate paid");
  expect(await read()).toMatchObject({ status: "paid", amountPaid: 2_900, closedReason: "the estate paid" });
  expect(await isBlocked()).toBe(false);
  expect((await events()).slice(-3)).toEqual([
    "billing.invoice.uncollectible",
    "billing.invoice.paid",
    "billing.overage.allowed",
  ]);
  await expect(settle(number, "void")).rejects.toMatchObject({ code: "CONFLICT", details: { status: "paid" } });
});

it("what earlier invoices have left to a void one goes to the next", async () => {
  const { orgId, id, number } = await overdue();
  const line = (invoiceId: string, position: number, amount: bigint) => ({
    orgId,
    invoiceId,
    position,
    kind: "carry",
    meter: null,
    month: null,
    description: "carried",
    quantity: 1n,
    included: null,
    billable: 1n,
    unitMicros: amount,
    amountMicros: amount,
  });
  const { prisma } = app.runtime.db;
  await prisma.invoiceLine.createMany({ data: [line("earlier", 0, 500n), line(id, 90, -500n)] });
  expect(await readCarried(prisma, orgId)).toBe(0n);
  await settle(number, "void");
  expect(await readCarried(prisma, orgId)).toBe(-500n);
});

it.each([
  ["INV-abc", "a reason", "VALIDATION_ERROR"],
  ["INV-000000", "a reason", "VALIDATION_ERROR"],
  ["INV-999999", "a reason", "NOT_FOUND"],
  ["INV-000001", "", "VALIDATION_ERROR"],
  ["INV-000001", "two\nlines", "VALIDATION_ERROR"],
])("%s with the reason %j is refused: %s", async (number, reason, code) => {
  await expect(settle(number, "void", reason)).rejects.toMatchObject({ code });
});

it("whoever runs the server does it on the command line", async () => {
  const { number, read } = await overdue();
  const env = { ...process.env, DATABASE_URL: app.databaseUrl, DATA_DIR: app.runtime.config.dataDir };
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, "../../../scripts/invoice.ts"), ...args], { env });
  await expect(run("burn", number, "why not")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Usage"),
  });
  await expect(run("void", "INV-999999", "why not")).rejects.toMatchObject({
    code: 1,
    stderr: "NOT_FOUND: There is no such invoice.\n",
  });
  expect((await run("void", number, "billed twice")).stdout).toContain(`${number} of the organisation`);
  expect(await read()).toMatchObject({ status: "void", closedReason: "billed twice" });
});
