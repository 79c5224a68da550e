import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tier } from "#server/platform/tiers.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { reserve, settle } from "../billing/reservations.ts";
import { reverseUsage } from "../billing/reverse.ts";
import { emit, openTransaction } from "../transaction.ts";
import { closeMonths } from "./close-month.ts";
import { issueInvoice } from "./issue.ts";
import type { Invoice } from "./schemas.ts";

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const email_sent = { included: 2, unitMicros: 300 };
  const larger = { defaultCapCents: null, meters: { email_sent: { included: 12, unitMicros: 300 } } };
  const plans = { STARTER: { defaultCapCents: null, meters: { email_sent } }, GROWTH: larger };
  await writeFile(join(folder, "plans.json"), JSON.stringify(plans));
  app = await startTestApp({ PLANS_FILE: join(folder, "plans.json") });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => app.clock.set(new Date("2027-01-01T00:00:00Z")));

async function make(tier: Tier) {
  const { orgId, masterKey } = await app.organisation(tier);
  return { orgId, masterKey, ...(await app.agent(masterKey)) };
}
const send = async (agent: { key: string }, count = 1) => {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const body = { to: "human@example.com", subject: "Hello", body: "Hello" };
    const sent = await app.call<{ id: string }>("POST", "/v1/email/send", { key: agent.key, body });
    expect(sent.status).toBe(201);
    ids.push(sent.body.id);
  }
  return ids;
};
const invoicesOf = async (agent: { key: string }) =>
  (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key: agent.key })).body.items;
const at = (time: string) => app.clock.set(new Date(time));

/** Takes back the usage of a mail, as a delivery that nobody answered does. */
async function takeBack(agent: { orgId: string }, messageId: string): Promise<void> {
  const { orgId } = agent;
  const { rows } = await app.runtime.db.pool.query<{ id: string }>(
    "SELECT id FROM usage_record WHERE org_id = $1 AND resource_id = $2 AND quantity > 0",
    [orgId, messageId],
  );
  const of = { orgId, recordId: rows[0]?.id ?? "", meter: "email_sent" as const, resourceId: messageId };
  await openTransaction(app.runtime, (tx) =>
    reverseUsage(app.runtime, tx, { ...of, correlationId: "corr_test" }, "no answer"),
  );
}

describe("a month that is over", () => {
  it("is billed once, line by line, however often and by however many it is tried; before its end it is not", async () => {
    const agent = await make("STARTER");
    await send(agent, 5);
    at("2027-01-31T23:59:59.999Z");
    await closeMonths(app.runtime);
    expect(await invoicesOf(agent)).toEqual([]);
    at("2027-02-01T00:00:00Z");
    await Promise.all([1, 2, 3, 4].map(() => closeMonths(app.runtime)));
    await closeMonths(app.runtime);
    const invoices = await invoicesOf(agent);
    expect(invoices).toHaveLength(1);
    expect(invoices[0]).toMatchObject({
      status: "open",
      periodStart: "2027-01-01T00:00:00.000Z",
      periodEnd: "2027-02-01T00:00:00.000Z",
      currency: "USD",
      totalMicros: 29_000_900,
      totalCents: 2_901,
      lines: [
        { meter: null, description: "Plan Starter", amountMicros: 29_000_000 },
        { meter: "email_sent", quantity: 5, included: 2, billable: 3, unitMicros: 300, amountMicros: 900 },
      ],
    });
    const id = invoices[0]?.id;
    expect((await app.call("GET", `/v1/billing/invoices/${id}`, { key: agent.masterKey })).body).toEqual(invoices[0]);
    const page = (await app.call("GET", "/v1/billing/invoices?limit=1", { key: agent.masterKey })).body;
    const hasMore = invoices.length > 1;
    expect(page).toMatchObject({ items: [invoices[0]], hasMore, pagination: { hasMore } });
  });

  it("is made out to whom the organisation has named; who was named later is on the next one", async () => {
    const { masterKey } = await make("STARTER");
    const put = (body: object) => app.call("PUT", "/v1/billing/details", { key: masterKey, body });
    const address = "Hauptstraße 1\n10115 Berlin";
    expect((await put({ address, email: "Bills@example.com" })).body).toMatchObject({
      address,
      email: "bills@example.com",
    });
    expect((await put({ name: "Łódź GmbH" })).body).toEqual({ name: "Łódź GmbH", address, email: "bills@example.com" });
    const refused = await put({ email: "nobody" });
    expect(refused.body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field: "email" }] } });
    at("2027-02-01T00:00:00Z");
    await closeMonths(app.runtime);
    await put({ name: null });
    const { items } = (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key: masterKey })).body;
    const [invoice] = items;
    expect(invoice?.billTo).toEqual({ name: "Łódź GmbH", address, email: "bills@example.com" });
    const pdf = await app.fetch(
      new Request(`http://anima.test/v1/billing/invoices/${invoice?.id}/pdf`, {
        headers: { authorization: `Bearer ${masterKey}` },
      }),
    );
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect(pdf.headers.get("content-disposition")).toContain(`invoice-${invoice?.number}.pdf`);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
  });

  it("nothing can be changed of what was issued", async () => {
    const agent = await make("STARTER");
    at("2027-02-01T00:00:00Z");
    await closeMonths(app.runtime);
    const { pool } = app.runtime.db;
    for (const change of ["UPDATE invoice SET total_cents = 0", "DELETE FROM invoice", "DELETE FROM invoice_line"]) {
      await expect(pool.query(`${change} WHERE org_id = $1`, [agent.orgId])).rejects.toThrow(/append-only/);
    }
  });

  it("is no invoice where nothing can be billed", async () => {
    const agent = await make("FREE");
    await send(agent, 2);
    at("2027-03-15T00:00:00Z");
    await closeMonths(app.runtime);
    expect(await invoicesOf(agent)).toEqual([]);
  });

  it("is made up for after months without a worker, each for itself; the first one by the second", async () => {
    at("2027-01-17T12:00:00Z");
    const agent = await make("STARTER");
    await send(agent, 3);
    at("2027-04-02T08:00:00Z");
    await closeMonths(app.runtime);
    const [march, february, january] = await invoicesOf(agent);
    expect([march, february, january].map((invoice) => invoice?.periodStart)).toEqual([
      "2027-03-01T00:00:00.000Z",
      "2027-02-01T00:00:00.000Z",
      "2027-01-17T12:00:00.000Z",
    ]);
    // 14.5 of 31 days, rounded down to a micro-unit.
    expect(january?.lines[0]?.amountMicros).toBe(Math.floor((29_000_000 * 14.5) / 31));
    expect(january?.lines[0]?.description).toBe("Plan Starter, 1252800 of 2678400 seconds");
    // What an organisation's first month includes is the whole quantity.
    expect(january?.lines[1]).toMatchObject({ quantity: 3, included: 2, billable: 1 });
    expect(february?.lines.map((line) => line.amountMicros)).toEqual([29_000_000]);
  });

  it("ends at midnight of the organisation's time zone, also of one that is changed within it", async () => {
    const agent = await make("STARTER");
    const zone = (timeZone: string) =>
      app.call("PATCH", `/v1/orgs/${agent.orgId}`, { key: agent.masterKey, body: { timeZone } });
    await zone("Europe/Berlin");
    at("2027-01-31T22:59:59Z");
    await closeMonths(app.runtime);
    expect(await invoicesOf(agent)).toEqual([]);
    at("2027-01-31T23:00:00Z");
    await closeMonths(app.runtime);
    expect(await invoicesOf(agent)).toMatchObject([{ timeZone: "Europe/Berlin" }]);
    await zone("America/New_York");
    at("2027-03-01T05:00:00Z");
    await closeMonths(app.runtime);
    const [february, january] = await invoicesOf(agent);
    expect(february?.periodStart).toBe(january?.periodEnd);
    expect(february?.periodEnd).toBe("2027-03-01T05:00:00.000Z");
    expect(february?.totalCents).toBe(2_900);
  });
});

it("in the month of a change its part of both plans is included as mails are accepted, in the next one the whole", async () => {
  const agent = await make("STARTER");
  const charged = async () => {
    const { rows } = await app.runtime.db.pool.query<{ micros: string }>(
      "SELECT micros FROM usage_record WHERE org_id = $1 AND meter = 'email_sent' ORDER BY created_at, id",
      [agent.orgId],
    );
    return rows.map(({ micros }) => Number(micros));
  };
  await send(agent, 2);
  at("2027-01-17T00:00:00Z");
  const upgrade = { key: agent.masterKey, body: { tier: "growth" } };
  expect((await app.call("POST", "/v1/billing/change-plan", upgrade)).body).toMatchObject({ status: "upgraded" });
  // 16 of 31 days with 2, 15 with 12: a started one counts.
  for (let n = 3; n <= 9; n++) {
    at(`2027-01-17T00:00:0${n}Z`);
    await send(agent);
  }
  expect(await charged()).toEqual([0, 0, 0, 0, 0, 0, 0, 300, 300]);
  at("2027-02-01T00:00:00Z");
  await send(agent, 12);
  at("2027-02-02T00:00:00Z");
  await send(agent);
  expect((await charged()).slice(9)).toEqual([...Array(12).fill(0), 300]);
});

describe("what comes after the end of the month", () => {
  it("a mail that is taken back is a credit on the next invoice, at the price that it had", async () => {
    const agent = await make("STARTER");
    const ids = await send(agent, 4);
    at("2027-02-01T00:00:00Z");
    await closeMonths(app.runtime);
    await takeBack(agent, ids[3] ?? "");
    at("2027-03-01T00:00:00Z");
    await closeMonths(app.runtime);
    const [february] = await invoicesOf(agent);
    expect(february?.lines).toMatchObject([
      { amountMicros: 29_000_000 },
      {
        meter: "email_sent",
        description: "Mails sent, January 2027: taken back after its invoice",
        quantity: -1,
        billable: -1,
        unitMicros: 300,
        amountMicros: -300,
      },
    ]);
    expect(february?.totalMicros).toBe(28_999_700);
    at("2027-04-01T00:00:00Z");
    await closeMonths(app.runtime);
    expect((await invoicesOf(agent))[0]?.totalMicros).toBe(29_000_000);
  });

  it("a process whose clock is behind counts for the new month", async () => {
    const agent = await make("STARTER");
    await send(agent, 3);
    at("2027-02-01T00:00:00Z");
    await closeMonths(app.runtime);
    at("2027-01-31T23:59:58Z");
    await send(agent, 3);
    at("2027-03-01T00:00:00Z");
    await closeMonths(app.runtime);
    const [february, january] = await invoicesOf(agent);
    expect(january?.lines[1]).toMatchObject({ quantity: 3, billable: 1 });
    expect(february?.lines[1]).toMatchObject({ quantity: 3, billable: 1 });
  });

  it("a call across midnight belongs to the month in which it began, whose invoice waits for its end", async () => {
    const agent = await make("STARTER");
    const { orgId } = agent;
    at("2027-01-31T23:50:00Z");
    const reservation = await reserve(app.runtime, {
      orgId,
      agentId: agent.id,
      meter: "voice_minutes_premium",
      units: 30,
      day: "2027-01-31",
      resourceId: "call",
      expiresAt: new Date("2027-02-01T01:00:00Z"),
    });
    at("2027-02-01T00:05:00Z");
    await closeMonths(app.runtime);
    expect(await invoicesOf(agent)).toEqual([]);
    await openTransaction(app.runtime, async (tx) => {
      const now = app.clock.now();
      const used = await settle(tx, orgId, reservation, 15, now);
      const system = { actorType: "SYSTEM", actorId: "test", correlationId: "corr_test" } as const;
      const event = { ...system, orgId, channel: "voice", event: "voice.call.ended", result: "SUCCESS" } as const;
      const id = await emit(app.runtime, tx, event);
      const { agentId, meter, quantity, billable, micros, day } = used as NonNullable<typeof used>;
      const recorded = { orgId, id, agentId, meter, quantity, billable, micros, resourceId: "call", createdAt: now };
      await tx.usageRecord.create({ data: { ...recorded, day: new Date(day) } });
    });
    await closeMonths(app.runtime);
    const [january] = await invoicesOf(agent);
    expect(january?.lines[1]).toMatchObject({
      meter: "voice_minutes_premium",
      quantity: 15,
      included: 10,
      billable: 5,
      amountMicros: 900_000,
    });
  });
});

describe("numbers of invoices", () => {
  it("have no gap, also where issuing one is rolled back or many are issued at once", async () => {
    const { pool } = app.runtime.db;
    const numbers = async () =>
      (await pool.query<{ number: number }>("SELECT number FROM invoice ORDER BY number")).rows.map(
        (row) => row.number,
      );
    const organisations = await Promise.all(Array.from({ length: 6 }, () => make("STARTER")));
    const before = (await numbers()).length;
    at("2027-02-01T00:00:00Z");
    const start = new Date("2027-01-01T00:00:00Z");
    const period = { month: "2019-01-01", firstMonth: "2019-01-01", start, end: start, monthStart: start };
    const statement = { lines: [], totalMicros: 0n, totalCents: 0 };
    const rolledBack = openTransaction(app.runtime, async (tx) => {
      const orgId = organisations[0]?.orgId ?? "";
      await issueInvoice(app.runtime, tx, { orgId, id: "never", period, timeZone: "UTC", statement });
      throw new Error("the process dies here");
    });
    await Promise.all([expect(rolledBack).rejects.toThrow("dies"), ...[1, 2, 3].map(() => closeMonths(app.runtime))]);
    await closeMonths(app.runtime);
    const after = await numbers();
    expect(after.length).toBeGreaterThanOrEqual(before + 6);
    expect(after).toEqual(after.map((_, index) => index + 1));
  });
});
