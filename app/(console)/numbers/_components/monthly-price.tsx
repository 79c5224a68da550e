"use client";

import { useMoney } from "../../../_lib/money.tsx";

/** What a number costs a month: its price, or that the plan includes it. */
export function MonthlyPrice({ micros }: { micros: number | null }) {
  const money = useMoney();
  if (micros === null) return <span className="text-muted">…</span>;
  return micros === 0 ? <span className="text-muted">included</span> : money(micros);
}
