import type { Used } from "./budgets.ts";
import type { Limits } from "./limits.ts";

/** The limits of a budget `b`, and what its slots have used (`s`, from USED). */
export const USE_COLUMNS = `b.month_units AS limit_month_units, b.month_micros AS limit_month_micros,
    b.day_units AS limit_day_units, b.day_micros AS limit_day_micros, b.enforced, b.included_units, b.unit_micros,
    b.mixed_month::text, b.mixed_units,
    s.day, s.month_units, s.month_micros, s.day_units, s.day_micros`;
/** The sum of a budget's slots, all of which count one day. */
export const USED = `LATERAL (
    SELECT max(day)::text AS day, coalesce(sum(month_units), 0) AS month_units, coalesce(sum(month_micros), 0) AS month_micros,
      coalesce(sum(day_units), 0) AS day_units, coalesce(sum(day_micros), 0) AS day_micros
    FROM budget_slot WHERE org_id = b.org_id AND scope = b.scope AND meter = b.meter
  ) AS s`;

type Dimension = "month_units" | "month_micros" | "day_units" | "day_micros";
export type UseRow = {
  day: string;
  enforced: boolean;
  included_units: string | null;
  unit_micros: string;
  mixed_month: string | null;
  mixed_units: string | null;
} & Record<Dimension, string> &
  Record<`limit_${Dimension}`, string | null>;

export function limitsOf(row: UseRow): Limits {
  return {
    monthUnits: big(row.limit_month_units),
    monthMicros: big(row.limit_month_micros),
    dayUnits: big(row.limit_day_units),
    dayMicros: big(row.limit_day_micros),
    enforced: row.enforced,
    includedUnits: big(row.included_units),
    unitMicros: BigInt(row.unit_micros),
    mixedMonth: row.mixed_month,
    mixedUnits: big(row.mixed_units),
  };
}

/**
 * What is used in the periods of a day: nothing in those that have begun since the budget was last spent from.
 *
 * @param day default: the day that the budget counts
 */
export function usedOf(row: UseRow, day = row.day): Used {
  const isMonth = row.day.slice(0, 7) >= day.slice(0, 7);
  const isDay = row.day >= day;
  return {
    monthUnits: isMonth ? BigInt(row.month_units) : 0n,
    monthMicros: isMonth ? BigInt(row.month_micros) : 0n,
    dayUnits: isDay ? BigInt(row.day_units) : 0n,
    dayMicros: isDay ? BigInt(row.day_micros) : 0n,
  };
}

function big(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
