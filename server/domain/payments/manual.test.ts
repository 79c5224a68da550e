import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { closeMonths } from "../invoices/close-month.ts";
import type { Invoice } from "../invoices/schemas.ts";
import { collectInvoices } from "./collect.ts";

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
const newest = async (key: string) =>
  (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key })).body.items[0] as Invoice;
const overdue = async (orgId: string) =>
  (await app.runtime.db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId } })).overdueSince !== null;

it("the operator marks an invoice as paid, once; the pages of a provider are refused with a way out", async () => {
  const { masterKey: key } = await app.organisation("STARTER");
  await step("2027-02-01T00:00:00Z");
  const { id } = await newest(key);
  const paid = await app.call("POST", `/v1/billing/invoices/${id}/pay`, { key });
  expect(paid).toMatchObject({ status: 200, body: { status: "paid", paidAt: "2027-02-01T00:00:00.000Z" } });
  app.clock.set(new Date("2027-02-02T00:00:00Z"));
  expect((await app.call("POST", `/v1/billing/invoices/${id}/pay`, { key })).body).toEqual(paid.body);
  expect((await app.call("POST", "/v1/billing/invoices/nobody/pay", { key })).status).toBe(404);
  const page = { tier: "growth", successUrl: "https://a.test", cancelUrl: "https://a.test" };
  const checkout = await app.call("POST", "/v1/billing/checkout", { key, body: page });
  expect(checkout).toMatchObject({ status: 409, body: { code: "CONFLICT", details: { payments: "manual" } } });
  expect(checkout.body.detail).toContain("change-plan");
  const portal = await app.call("POST", "/v1/billing/portal", { key, body: { returnUrl: "https://a.test" } });
  expect(portal.status).toBe(409);
  expect((await app.call("POST", "/v1/billing/webhooks/stripe", { body: {} })).status).toBe(404);
  expect((await app.call("POST", "/v1/billing/change-plan", { key, body: { tier: "growth" } })).body).toMatchObject({
    status: "upgraded",
  });
});

it("an invoice that nobody pays blocks overage fourteen days after it was due; paying it lifts that", async () => {
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  await step("2027-02-01T00:00:00Z");
  for (const day of ["2027-02-15", "2027-02-16", "2027-02-18", "2027-02-22", "2027-02-28"]) {
    await step(`${day}T00:00:00Z`);
    expect(await overdue(orgId)).toBe(false);
  }
  await step("2027-03-01T00:00:00Z");
  expect(await overdue(orgId)).toBe(true);
  const { body } = await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key });
  const [march, february] = body.items;
  await app.call("POST", `/v1/billing/invoices/${march?.id}/pay`, { key });
  expect(await overdue(orgId)).toBe(true);
  await app.call("POST", `/v1/billing/invoices/${february?.id}/pay`, { key });
  expect(await overdue(orgId)).toBe(false);
});
