import type pg from "pg";

/**
 * A month of usage as the server would have recorded it, written straight into the tables: mails, SMS and minutes in the
 * order of time, each charged where it is beyond what is included, some taken back. The sums by day are written too, which
 * are otherwise kept as events are numbered.
 */
export async function fillMonth(pool: pg.Pool, orgId: string, month: string, records: number): Promise<void> {
  await pool.query(
    `WITH meters (meter, included, unit, share) AS (
      VALUES ('email_sent', 25000, 500, 0.90), ('sms_sent', 500, 15000, 0.06), ('voice_minutes_premium', 10, 180000, 0.04)
    ), generated AS (
      SELECT m.*, n, CASE WHEN meter LIKE 'voice%' THEN 1 + n % 9 ELSE 1 END AS quantity,
        $2::date::timestamp AT TIME ZONE 'UTC' + interval '1 month' * 0
          + (($2::date + interval '1 month') - $2::date) * (n / ($3::float * share + 1)) AS at
      FROM meters m, generate_series(1, ($3 * share)::int) n
    ), counted AS (
      SELECT *, sum(quantity) OVER (PARTITION BY meter ORDER BY n) AS total FROM generated
    )
    INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, billable, micros, day, resource_id, created_at)
    SELECT $1, meter || n, 'agent', meter, quantity, charged, charged * unit, (at AT TIME ZONE 'UTC')::date, 'x', at
    FROM counted, LATERAL (
      SELECT greatest(total - included, 0) - greatest(total - quantity - included, 0) AS charged
    ) c`,
    [orgId, month, records],
  );
  await takeBack(pool, orgId, month, 97, "created_at + interval '5 minutes'");
  await sumDays(pool, orgId);
}

/** Takes back one in so many mails, by records of the opposite. @param at when, in SQL */
export async function takeBack(pool: pg.Pool, orgId: string, month: string, oneIn: number, at: string): Promise<void> {
  await pool.query(
    `INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, billable, micros, day, resource_id, reverses, created_at)
      SELECT org_id, 'back-' || id, agent_id, meter, -quantity, -billable, -micros, day, resource_id, id, ${at}
      FROM usage_record u WHERE org_id = $1 AND meter = 'email_sent' AND quantity > 0
        AND day >= $2::date AND day < $2::date + interval '1 month' - interval '1 day'
        AND substr(id, 11)::int % $3 = 0
        AND NOT EXISTS (SELECT 1 FROM usage_record r WHERE r.org_id = u.org_id AND r.reverses = u.id AND r.meter = u.meter)`,
    [orgId, month, oneIn],
  );
}

/** What numbering the events would have summed. */
export async function sumDays(pool: pg.Pool, orgId: string): Promise<void> {
  await pool.query(
    `INSERT INTO usage_day (org_id, day, meter, quantity, billable, micros)
      SELECT org_id, day, meter, sum(quantity), sum(billable), sum(micros) FROM usage_record WHERE org_id = $1 GROUP BY 1, 2, 3
      ON CONFLICT (org_id, day, meter) DO UPDATE
        SET quantity = excluded.quantity, billable = excluded.billable, micros = excluded.micros`,
    [orgId],
  );
}
