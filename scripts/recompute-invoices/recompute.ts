import type pg from "pg";

/**
 * What an invoice must come to, reckoned anew. On purpose it shares nothing with what issues invoices but the tables that
 * neither changes afterwards: usage records, one by one, and the history of plans. It knows the time zones of PostgreSQL,
 * not those of Node, and adds in its own way.
 */
export type Recomputed = {
  number: number;
  month: string;
  storedMicros: bigint;
  linesMicros: bigint;
  recomputedMicros: bigint;
  storedCents: bigint;
  recomputedCents: bigint;
  /** How many usage records were read for it. */
  records: number;
};

type Row = {
  id: string;
  number: number;
  month: string;
  next_month: string;
  start: string;
  end: string;
  calendar_start: string;
  issued_at: string;
  total_micros: string;
  total_cents: string;
  lines: string;
};

const BATCH = 20_000;

/**
 * Recomputes all invoices of an organisation, in their order: what one carries to the next is part of it.
 *
 * @param prices of the plans, in cents a month
 * @param minimumCents below which a total is carried
 */
export async function recomputeInvoices(
  client: pg.Client,
  orgId: string,
  prices: Record<string, number>,
  minimumCents: number,
): Promise<Recomputed[]> {
  const { rows } = await client.query<Row>(
    `SELECT i.id, i.number, i.month::text, (i.month + interval '1 month')::date::text AS next_month,
      floor(extract(epoch FROM i.period_start))::bigint::text AS start,
      floor(extract(epoch FROM i.period_end))::bigint::text AS end,
      floor(extract(epoch FROM i.month::timestamp AT TIME ZONE i.time_zone))::bigint::text AS calendar_start,
      i.issued_at::text, i.total_micros, i.total_cents,
      (SELECT coalesce(sum(amount_micros), 0) FROM invoice_line l WHERE l.org_id = i.org_id AND l.invoice_id = i.id) AS lines
    FROM invoice i WHERE i.org_id = $1 ORDER BY i.month`,
    [orgId],
  );
  const first = await client.query<{ month: string }>(
    "SELECT first_month::text AS month FROM billing_account WHERE org_id = $1",
    [orgId],
  );
  const firstMonth = first.rows[0]?.month ?? "";
  const results: Recomputed[] = [];
  let usedBefore = 0n;
  let balance = 0n;
  for (const row of rows) {
    const used = await sumRecords(client, orgId, firstMonth, row.next_month, row.issued_at);
    const plan = await planPart(client, orgId, prices, row, row.month === firstMonth);
    let due = plan + (used.micros - usedBefore) + balance;
    usedBefore = used.micros;
    balance = 0n;
    if (due < 0n || (due > 0n && cents(due) < BigInt(minimumCents))) {
      balance = due;
      due = 0n;
    }
    results.push({
      number: row.number,
      month: row.month,
      storedMicros: BigInt(row.total_micros),
      linesMicros: BigInt(row.lines),
      recomputedMicros: due,
      storedCents: BigInt(row.total_cents),
      recomputedCents: cents(due),
      records: used.records,
    });
  }
  return results;
}

/**
 * Adds up, record by record, all that was used until a month and written until its invoice. One that was being taken back
 * in the very moment of the issue may stand on the next one: then two differ by it, and their sum does not.
 */
async function sumRecords(client: pg.Client, orgId: string, firstMonth: string, before: string, writtenBy: string) {
  let micros = 0n;
  let records = 0;
  await client.query("BEGIN READ ONLY");
  await client.query({
    text: `DECLARE record NO SCROLL CURSOR FOR SELECT micros FROM usage_record
      WHERE org_id = $1 AND day >= $2::date AND day < $3::date AND created_at <= $4::timestamptz AND meter <> 'email_received'`,
    values: [orgId, firstMonth, before, writtenBy],
  });
  for (;;) {
    const { rows } = await client.query<{ micros: string }>(`FETCH ${BATCH} FROM record`);
    for (const row of rows) micros += BigInt(row.micros);
    records += rows.length;
    if (rows.length < BATCH) break;
  }
  await client.query("COMMIT");
  return { micros, records };
}

/** The plans' prices for the seconds of the period that each has had, rounded down once. */
async function planPart(
  client: pg.Client,
  orgId: string,
  prices: Record<string, number>,
  { start, end, calendar_start: calendarStart }: Row,
  isFirst: boolean,
): Promise<bigint> {
  const { rows } = await client.query<{ tier: string; second: string }>(
    `SELECT tier, floor(extract(epoch FROM from_at))::bigint::text AS second FROM plan_span
      WHERE org_id = $1 ORDER BY from_at`,
    [orgId],
  );
  const [from, to] = [Number(start), Number(end)];
  const whole = to - (isFirst && Number(calendarStart) < from ? Number(calendarStart) : from);
  let weighted = 0n;
  for (const [index, { tier, second }] of rows.entries()) {
    const begins = Math.max(from, Number(second));
    const ends = Math.min(to, Number(rows[index + 1]?.second ?? to));
    if (ends > begins) weighted += BigInt(prices[tier] ?? 0) * 10_000n * BigInt(ends - begins);
  }
  return weighted / BigInt(whole);
}

/** A started cent counts. */
function cents(micros: bigint): bigint {
  return (micros + 9_999n) / 10_000n;
}
