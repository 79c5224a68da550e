import type { Transaction } from "#server/platform/database.ts";
import { METERS } from "#server/platform/tiers.ts";
import type { Correction, UsageAtPrice } from "./statement.ts";

/** A record is written on its day, give or take clocks and time zones, or later. */
const EARLIER_MS = 3 * 86_400_000;

/** What was used in a month, by meter and price. */
export function readUsage(tx: Transaction, orgId: string, month: string, monthStart: Date): Promise<UsageAtPrice[]> {
  const since = new Date(monthStart.getTime() - EARLIER_MS);
  return tx.$queryRaw<UsageAtPrice[]>`SELECT meter, "unitMicros", sum(quantity)::bigint AS quantity,
      sum(billable)::bigint AS billable, sum(micros)::bigint AS micros
    FROM (
      SELECT meter, quantity, billable, micros, CASE
        WHEN billable <> 0 AND micros % billable = 0 THEN micros / billable
        WHEN billable = 0 AND micros = 0 THEN 0
      END AS "unitMicros"
      FROM usage_record
      WHERE org_id = ${orgId} AND created_at >= ${since} AND meter = ANY(${[...METERS]})
        AND day >= ${month}::date AND day < ${month}::date + interval '1 month'
    ) AS records GROUP BY meter, "unitMicros"`;
}

/**
 * What the usage of earlier months has cost by now, less what invoices have billed of it: reversals, and whatever else
 * was recorded late. The sums by day are kept as events are numbered.
 */
export function readCorrections(
  tx: Transaction,
  orgId: string,
  firstMonth: string,
  month: string,
): Promise<Correction[]> {
  return tx.$queryRaw<Correction[]>`SELECT month::text, meter, sum(quantity)::bigint AS quantity,
      sum(billable)::bigint AS billable, sum(micros)::bigint AS micros
    FROM (
      SELECT date_trunc('month', day)::date AS month, meter, quantity, billable, micros FROM usage_day
      WHERE org_id = ${orgId} AND day >= ${firstMonth}::date AND day < ${month}::date AND meter = ANY(${[...METERS]})
      UNION ALL
      SELECT month, meter, -quantity, -billable, -amount_micros FROM invoice_line
      WHERE org_id = ${orgId} AND meter IS NOT NULL AND month < ${month}::date
    ) AS known GROUP BY 1, 2 HAVING sum(micros) <> 0 ORDER BY 1, 2`;
}

/**
 * What invoices have carried to the next one and none has taken up: what they were relieved of is owed, and the reverse.
 * One that is void has taken up nothing.
 */
export async function readCarried(tx: Transaction, orgId: string): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ micros: bigint }[]>`SELECT coalesce(-sum(amount_micros), 0)::bigint AS micros
    FROM invoice_line l WHERE org_id = ${orgId} AND kind = 'carry' AND NOT EXISTS (
      SELECT FROM invoice_state s WHERE s.org_id = l.org_id AND s.invoice_id = l.invoice_id AND s.status = 'void')`;
  return row?.micros ?? 0n;
}
