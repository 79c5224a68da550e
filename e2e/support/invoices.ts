import pg from "pg";
import { runningDatabaseUrl } from "#server/platform/embedded-postgres/running.ts";
import type { Anima } from "./anima.ts";
import { type Api, expect } from "./console.ts";

type Invoice = { id: string; number: string; status: string };

/**
 * Has the organisation be some months old, with the plan that it has, and waits for their invoices, which the server's own
 * task makes. The newest comes first.
 */
export async function billMonths(anima: Anima, api: Api, months: number): Promise<Invoice[]> {
  const { id } = (await (await api.call("GET", "/v1/orgs/me")).json()) as { id: string };
  const client = new pg.Client({ connectionString: (await runningDatabaseUrl(anima.dataDir)) ?? "" });
  await client.connect();
  const start = "date_trunc('month', now(), 'UTC') - make_interval(months => $2)";
  await client.query(
    `INSERT INTO plan_span (org_id, from_at, tier) SELECT id, ${start}, tier FROM organization WHERE id = $1`,
    [id, months],
  );
  await client.query(
    `UPDATE billing_account SET period_start = ${start}, month = (${start})::date, first_month = (${start})::date,
      period_end = ${start} + interval '1 month' WHERE org_id = $1`,
    [id, months],
  );
  await client.query("SELECT graphile_worker.add_job('close-months')");
  await client.end();
  const invoices = async () =>
    ((await (await api.call("GET", "/v1/billing/invoices")).json()) as { items: Invoice[] }).items;
  await expect.poll(async () => (await invoices()).length, { timeout: 30_000 }).toBe(months);
  return invoices();
}
