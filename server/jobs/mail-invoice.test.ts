import { afterAll, beforeAll, expect, it } from "vitest";
import { closeMonths } from "#server/domain/invoices/close-month.ts";
import type { Invoice } from "#server/domain/invoices/schemas.ts";
import { createMailGateway } from "#server/gateways/mail.ts";
import { type MailHost, startMailHost } from "../../e2e/support/mail-host.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { mailInvoice } from "./mail-invoice.ts";

let app: TestApp;
let host: MailHost;
let mail: ReturnType<typeof createMailGateway>;

beforeAll(async () => {
  host = await startMailHost();
  app = await startTestApp({ SMTP_RELAY_URL: host.url });
  mail = createMailGateway(app.runtime.config, { deliver: async () => [], close: async () => {} });
});
afterAll(async () => {
  await mail.close();
  await app.close();
  await host.close();
});

it("owners and the address for bills are told what is owed and what comes next, once each; a paid one is not mailed", async () => {
  app.clock.set(new Date("2027-01-01T00:00:00Z"));
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  await app.call("PUT", "/v1/billing/details", { key, body: { email: "Bills@people.test" } });
  const { prisma } = app.runtime.db;
  const now = app.clock.now();
  for (const [name, role] of [
    ["owner", "OWNER"],
    ["viewer", "VIEWER"],
  ] as const) {
    await prisma.person.create({ data: { id: name, email: `${name}@people.test`, createdAt: now, updatedAt: now } });
    await prisma.member.create({ data: { orgId, id: name, personId: name, role, createdAt: now, updatedAt: now } });
  }
  app.clock.set(new Date("2027-02-01T00:00:00Z"));
  await closeMonths(app.runtime);
  const { body } = await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key });
  const [invoice] = body.items;
  const job = { orgId, invoiceId: invoice?.id ?? "", failures: 0 };
  const tell = (about: "issued" | "failed" | "blocked", failures = 0) =>
    mailInvoice(app.runtime, mail.gateway, { ...job, about, failures });
  const arrived = () =>
    host.received
      .splice(0)
      .map(({ envelope, parsed }) => ({ to: envelope.to[0], subject: parsed.subject, text: parsed.text }));

  await tell("issued");
  const issued = arrived();
  expect(issued.map(({ to }) => to)).toEqual(["owner@people.test", "bills@people.test"]);
  expect(issued[0]).toMatchObject({
    subject: `Invoice ${invoice?.number}`,
    text: expect.stringMatching(/over 29\.00 USD was issued\. It is due on 15 February 2027\.\s+http\S+\/billing/),
  });
  await tell("failed", 1);
  expect(arrived()[0]).toMatchObject({
    subject: `Invoice ${invoice?.number} is not paid`,
    text: expect.stringContaining("14 days after the first failure"),
  });
  await tell("blocked", 4);
  expect(arrived()[0]?.text).toContain("what the plan includes is refused");
  // The same at another try of the queue; another step is another mail.
  const ids = new Set<string | undefined>();
  for (const failures of [1, 1, 2]) {
    await tell("failed", failures);
    for (const { parsed } of host.received.splice(0)) ids.add(parsed.messageId);
  }
  expect(ids.size).toBe(4);
  await app.call("POST", `/v1/billing/invoices/${invoice?.id}/pay`, { key });
  await tell("failed", 3);
  expect(host.received).toEqual([]);
});
