import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { STRIPE_KEY, startStripe, WEBHOOK_SECRET } from "../../../test/support/stripe.ts";
import { closeMonths } from "../invoices/close-month.ts";
import type { Invoice } from "../invoices/schemas.ts";
import { collectInvoices } from "./collect.ts";
import { handlePaymentEvent } from "./events.ts";
import { settleInvoice } from "./settle-invoice.ts";

let app: TestApp;
let folder: string;
let stripe: Awaited<ReturnType<typeof startStripe>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const email_sent = { included: 2, unitMicros: 300 };
  const plans = { STARTER: { defaultCapCents: null, meters: { email_sent } } };
  await writeFile(join(folder, "plans.json"), JSON.stringify(plans));
  stripe = await startStripe();
  app = await startTestApp({
    PLANS_FILE: join(folder, "plans.json"),
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: stripe.url,
  });
});
afterAll(async () => {
  await app.close();
  await stripe.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  at("2027-01-01T00:00:00Z");
  stripe.declineWith(null);
  stripe.leavePending(false);
  stripe.goDown(false);
});

const at = (time: string) => app.clock.set(new Date(time));
const post = (path: string, key: string, body: object = {}) => app.call("POST", `/v1/billing/${path}`, { key, body });
const pages = { successUrl: "https://a.test/ok", cancelUrl: "https://a.test/no" };
const send = async (agent: { key: string }) =>
  app.call<{ details: object }>("POST", "/v1/email/send", {
    key: agent.key,
    body: { to: "a@example.com", subject: "a", body: "a" },
  });
const newest = async (key: string) =>
  (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key })).body.items[0];
const eventsOf = async (key: string) =>
  (await app.call<{ items: { event: string }[] }>("GET", "/v1/audit/events?limit=100&order=asc", { key })).body.items
    .map(({ event }) => event)
    .filter((event) => /^billing\.(payment|overage|invoice)|^org\.plan/.test(event));
const accountOf = (orgId: string) => app.runtime.db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId } });

/** Sends an event as Stripe does, and does the jobs that wait. @returns the status of the answer */
async function deliver(payload: string, signature = stripe.sign(payload, app.clock.now())): Promise<number> {
  const headers = { "stripe-signature": signature, "content-type": "application/json" };
  const { status } = await app.call("POST", "/v1/billing/webhooks/stripe", { body: payload, headers });
  const { rows } = await app.runtime.db.pool.query(
    `DELETE FROM graphile_worker._private_jobs j USING graphile_worker._private_tasks t
      WHERE t.id = j.task_id AND t.identifier = 'payment-event' RETURNING j.payload`,
  );
  for (const { payload: about } of rows) await handlePaymentEvent(app.runtime, about);
  return status;
}

/** An organisation that has chosen Starter on Stripe's page and left a card there. */
async function subscribe() {
  const { orgId, masterKey } = await app.organisation("FREE");
  const agent = await app.agent(masterKey);
  const { body } = await post("checkout", masterKey, { tier: "starter", ...pages });
  const session = stripe.completeCheckout(String(body.url));
  expect(await deliver(stripe.event("checkout.session.completed", session))).toBe(200);
  return { orgId, masterKey, key: agent.key };
}

it("a card and a plan come from the checkout; the invoice is collected from it, once", async () => {
  const free = await app.organisation("FREE");
  expect((await post("change-plan", free.masterKey, { tier: "starter" })).body).toMatchObject({ status: "error" });
  expect((await post("portal", free.masterKey, { returnUrl: "https://a.test" })).status).toBe(409);
  const { orgId, masterKey } = await subscribe();
  expect((await app.call("GET", "/v1/orgs/me", { key: masterKey })).body).toMatchObject({ tier: "STARTER" });
  expect((await post("portal", masterKey, { returnUrl: "https://a.test" })).body.url).toContain("portal");
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  await Promise.all([collectInvoices(app.runtime), collectInvoices(app.runtime)]);
  await collectInvoices(app.runtime);
  expect(await newest(masterKey)).toMatchObject({ status: "paid", totalCents: 2_900, amountPaid: 2_900 });
  const paid = stripe.intents().filter(({ metadata }) => (metadata as { org_id: string }).org_id === orgId);
  expect(paid).toMatchObject([{ amount: 2_900, currency: "usd", off_session: "true", confirm: "true" }]);
  // What the server has kept of it holds no secret.
  const { rows } = await app.runtime.db.pool.query("SELECT record FROM event WHERE org_id = $1", [orgId]);
  expect(JSON.stringify(rows)).not.toMatch(/sk_test|whsec|never_log/);
});

it("a failed payment is tried on the days that are written down, then overage is blocked; inbound goes on; paying lifts it", async () => {
  const { orgId, masterKey, key } = await subscribe();
  stripe.declineWith("insufficient_funds");
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  const tries = () =>
    stripe.intents().filter((intent) => (intent.metadata as { org_id: string }).org_id === orgId).length;
  const days: Record<string, number> = {};
  for (let day = 1; day <= 16; day++) {
    at(`2027-02-${String(day).padStart(2, "0")}T00:00:00Z`);
    const before = tries();
    await collectInvoices(app.runtime);
    await collectInvoices(app.runtime);
    if (tries() > before) days[day] = tries() - before;
    // Until it is blocked, everything is accepted.
    if (day === 14) for (let n = 0; n < 3; n++) expect((await send({ key })).status).toBe(201);
  }
  expect(days).toEqual({ 1: 1, 2: 1, 4: 1, 8: 1 });
  expect((await eventsOf(masterKey)).slice(-5)).toEqual([
    ...Array(4).fill("billing.payment.failed"),
    "billing.overage.blocked",
  ]);
  const refused = await send({ key });
  expect(refused).toMatchObject({
    status: 402,
    body: { details: { source: "payment", resource: "email", remediation: { hint: expect.stringContaining("Pay") } } },
  });
  const { rows } = await app.runtime.db.pool.query(
    "SELECT meter FROM budget WHERE org_id = $1 AND meter = 'sms_received' AND month_units IS NOT NULL",
    [orgId],
  );
  expect(rows).toEqual([]);
  expect((await post("change-plan", masterKey, { tier: "growth" })).body).toMatchObject({ status: "error" });
  // Another card, in the portal: it is collected anew, and paying lifts the block.
  stripe.declineWith(null);
  const { customerId } = await accountOf(orgId);
  stripe.changeCard(customerId ?? "");
  await deliver(stripe.event("customer.updated", customerId ?? ""));
  await collectInvoices(app.runtime);
  expect(await newest(masterKey)).toMatchObject({ status: "paid" });
  expect((await send({ key })).status).toBe(201);
  expect((await eventsOf(masterKey)).slice(-1)).toEqual(["billing.overage.allowed"]);
});

it("events come twice, late, in reverse: what counts is how the payment stands", async () => {
  const { orgId, masterKey } = await subscribe();
  stripe.leavePending(true);
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  await collectInvoices(app.runtime);
  expect(await newest(masterKey)).toMatchObject({ status: "open" });
  const intent = stripe.intents().find(({ metadata }) => (metadata as { org_id: string }).org_id === orgId)?.id ?? "";
  // Made while it was under way, delivered after it has succeeded; a failure that came before, last of all.
  const processing = stripe.event("payment_intent.processing", intent);
  stripe.settle(intent, "requires_payment_method");
  const failed = stripe.event("payment_intent.payment_failed", intent);
  stripe.settle(intent, "succeeded");
  const succeeded = stripe.event("payment_intent.succeeded", intent);
  for (const payload of [succeeded, processing, succeeded, failed, failed]) expect(await deliver(payload)).toBe(200);
  expect(await newest(masterKey)).toMatchObject({ status: "paid" });
  const counted = (await eventsOf(masterKey)).filter((event) => event.startsWith("billing.invoice.paid"));
  expect(counted).toHaveLength(1);
  expect(await eventsOf(masterKey)).not.toContain("billing.payment.failed");
});

it.each([
  ["less than it is over", { amount_received: 100 }, { cents: 100, currency: "USD" }],
  ["another currency", { currency: "jpy" }, { cents: 2_900, currency: "JPY" }],
])("%s does not pay an invoice: it is told once, and nothing more is collected", async (_what, changes, received) => {
  const { orgId, masterKey } = await subscribe();
  stripe.leavePending(true);
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  await collectInvoices(app.runtime);
  const intents = () => stripe.intents().filter(({ metadata }) => (metadata as { org_id: string }).org_id === orgId);
  const intent = intents()[0]?.id ?? "";
  stripe.settle(intent, "succeeded", changes);
  for (let n = 0; n < 2; n++) await deliver(stripe.event("payment_intent.succeeded", intent));
  expect(await newest(masterKey)).toMatchObject({ status: "open", paidAt: null, amountPaid: 0 });
  at("2027-02-20T00:00:00Z");
  await collectInvoices(app.runtime);
  expect(intents()).toHaveLength(1);
  const { body } = await app.call<{ items: { result: string; data: object }[] }>(
    "GET",
    "/v1/audit/events?event=billing.payment.mismatched",
    { key: masterKey },
  );
  expect(body.items).toMatchObject([
    { result: "FAILURE", data: { paymentId: intent, expected: { cents: 2_900, currency: "USD" }, received } },
  ]);
  // Whoever runs the server has looked into it.
  const { number } = (await newest(masterKey)) as Invoice;
  await settleInvoice(app.runtime, { number, settlement: "paid", reason: "the rest came by bank" });
  expect(await newest(masterKey)).toMatchObject({ status: "paid" });
});

it("an event with a wrong, old or missing signature is refused, and nothing follows", async () => {
  const { masterKey } = await app.organisation("FREE");
  const { body } = await post("checkout", masterKey, { tier: "starter", ...pages });
  const payload = stripe.event("checkout.session.completed", stripe.completeCheckout(String(body.url)));
  const now = app.clock.now();
  const old = stripe.sign(payload, new Date(now.getTime() - 301_000));
  for (const signature of [stripe.sign(payload, now, "whsec_other"), old, "", "t=1,v1=00", "nonsense"]) {
    expect(await deliver(payload, signature)).toBe(400);
  }
  expect(await deliver(payload.replace("STARTER", "SCALE"), stripe.sign(payload, now))).toBe(400);
  expect((await app.call("GET", "/v1/orgs/me", { key: masterKey })).body).toMatchObject({ tier: "FREE" });
  expect(await deliver(payload)).toBe(200);
  expect((await app.call("GET", "/v1/orgs/me", { key: masterKey })).body).toMatchObject({ tier: "STARTER" });
});

it("events that are signed are never limited, however many; forged ones are, like guessed keys", async () => {
  const { masterKey } = await app.organisation("FREE");
  const { body } = await post("checkout", masterKey, { tier: "starter", ...pages });
  const session = stripe.completeCheckout(String(body.url));
  const signed = () => deliver(stripe.event("checkout.session.completed", session));
  for (let n = 0; n < 70; n++) expect(await signed()).toBe(200);
  const forged = () => deliver(stripe.event("checkout.session.completed", session), "t=1,v1=00");
  const answers: number[] = [];
  while (answers.at(-1) !== 429 && answers.length < 100) answers.push(await forged());
  expect(new Set(answers)).toEqual(new Set([400, 429]));
  expect(await signed()).toBe(200);
});

it("while Stripe does not answer, nothing is lost or charged twice", async () => {
  const { orgId, masterKey } = await subscribe();
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  stripe.goDown(true);
  await expect(collectInvoices(app.runtime)).rejects.toThrow();
  expect((await post("checkout", masterKey, { tier: "starter", ...pages })).status).toBe(503);
  expect(await newest(masterKey)).toMatchObject({ status: "open" });
  stripe.goDown(false);
  await collectInvoices(app.runtime);
  expect(await newest(masterKey)).toMatchObject({ status: "paid" });
  const keys = stripe.requests.flatMap(({ idempotencyKey, form }) =>
    (form.metadata as { org_id?: string } | undefined)?.org_id === orgId && form.amount ? [idempotencyKey] : [],
  );
  expect(new Set(keys).size).toBe(1);
});

it.each([
  ["checkout", { tier: "starter", successUrl: "javascript:alert(1)", cancelUrl: "https://a.test" }, "successUrl"],
  ["checkout", { tier: "starter", successUrl: "https://a.test", cancelUrl: "/relative" }, "cancelUrl"],
  ["checkout", { tier: "platinum", ...pages }, "tier"],
  ["checkout", { tier: "free", ...pages }, "tier"],
  ["checkout", { tier: "enterprise", ...pages }, "tier"],
  ["checkout", { tier: "starter", ...pages, coupon: "x" }, "coupon"],
  ["portal", { returnUrl: "https://user:secret@a.test" }, "returnUrl"],
])("%s refuses %o and names %s", async (path, body, field) => {
  const { masterKey } = await app.organisation("FREE");
  const { status, body: problem } = await post(path, masterKey, body);
  expect(problem).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field }] } });
  expect(status).toBe(400);
});
