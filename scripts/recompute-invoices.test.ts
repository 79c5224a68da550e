import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reverseUsage } from "#server/domain/billing/reverse.ts";
import { closeMonths } from "#server/domain/invoices/close-month.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { startTestApp, type TestApp } from "../test/support/app.ts";
import { recomputeInvoices } from "./recompute-invoices/recompute.ts";

const PRICES = { FREE: 0, STARTER: 2_900, GROWTH: 9_900, SCALE: 24_900, ENTERPRISE: 99_900 };

let app: TestApp;
let client: pg.Client;

beforeAll(async () => {
  app = await startTestApp();
  client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await app.close();
});

it("equals what was issued, over plan changes, time zones and reversals; a record more, and it does not", async () => {
  const at = (time: string) => app.clock.set(new Date(time));
  at("2027-01-09T11:30:00Z");
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  await app.call("PATCH", `/v1/orgs/${orgId}`, { key, body: { timeZone: "America/New_York" } });
  const agent = await app.agent(key);
  const send = async () =>
    (
      await app.call<{ id: string }>("POST", "/v1/email/send", {
        key: agent.key,
        body: { to: "a@example.com", subject: "a", body: "a" },
      })
    ).body.id;
  const change = (tier: string) => app.call("POST", "/v1/billing/change-plan", { key, body: { tier } });
  at("2027-01-20T07:00:01Z");
  await change("growth");
  at("2027-01-25T00:00:00Z");
  await change("scale");
  await change("starter");
  at("2027-02-02T00:00:00Z");
  await closeMonths(app.runtime);
  // What is included is used up: a mail is charged. Enterprise includes none.
  await app.runtime.db.prisma.organization.update({ where: { id: orgId }, data: { tier: "ENTERPRISE" } });
  await app.runtime.db.pool.query("DELETE FROM budget WHERE org_id = $1", [orgId]);
  await app.runtime.db.pool.query("DELETE FROM budget_slot WHERE org_id = $1", [orgId]);
  const ids = [await send(), await send(), await send()];
  at("2027-03-01T06:00:00Z");
  await closeMonths(app.runtime);
  at("2027-03-04T12:00:00Z");
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM usage_record WHERE org_id = $1 AND resource_id = $2",
    [orgId, ids[0]],
  );
  const of = { orgId, recordId: rows[0]?.id ?? "", meter: "email_sent" as const, resourceId: ids[0] ?? "" };
  await openTransaction(app.runtime, (tx) =>
    reverseUsage(app.runtime, tx, { ...of, correlationId: "corr_test" }, "no answer"),
  );
  at("2027-04-01T06:00:00Z");
  await closeMonths(app.runtime);
  const recomputed = await recomputeInvoices(client, orgId, PRICES, 0);
  expect(recomputed.map(({ month }) => month)).toEqual(["2027-01-01", "2027-02-01", "2027-03-01"]);
  for (const { storedMicros, linesMicros, recomputedMicros, storedCents, recomputedCents } of recomputed) {
    expect(recomputedMicros).toBe(storedMicros);
    expect(linesMicros).toBe(storedMicros);
    expect(recomputedCents).toBe(storedCents);
  }
  expect(recomputed.map(({ storedMicros }) => storedMicros).slice(1)).toEqual([29_001_500n, 28_999_500n]);
  await client.query(
    `INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, billable, micros, day, resource_id, created_at)
      VALUES ($1, 'slipped in', $2, 'email_sent', 1, 1, 1, '2027-02-03', 'x', '2027-02-03T00:00:00Z')`,
    [orgId, agent.id],
  );
  const [, february] = await recomputeInvoices(client, orgId, PRICES, 0);
  expect(february?.recomputedMicros).toBe((february?.storedMicros ?? 0n) + 1n);
});
