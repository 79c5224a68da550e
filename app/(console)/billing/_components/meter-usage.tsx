import type { Usage } from "#server/domain/usage/by-day.ts";
import { numberText } from "../../../_lib/numbers.ts";
import { BarChart } from "../../../_ui/chart.tsx";
import { Meter } from "../../../_ui/meter.tsx";
import { METER_NAMES } from "../../_components/meter-names.ts";
import { daysOf, dayText } from "./month.ts";

/** What a meter counted in a month, day by day. */
export function MeterUsage({ usage, meter }: { usage: Usage; meter: Usage["meters"][number] }) {
  const { total, included, days } = meter;
  const name = METER_NAMES[meter.meter];
  const all = daysOf(usage.month, "9999-12-31");
  const byDay = new Map(days.map(({ day, quantity }) => [day, quantity]));
  const bars = daysOf(usage.month, usage.today).map((day) => ({ label: dayText(day), value: byDay.get(day) ?? 0 }));
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface p-4">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h3 className="text-muted">{name}</h3>
        <p className="font-mono text-xl tabular-nums">
          {numberText(total)}
          {included === null ? null : (
            <span className="text-[0.8125rem] text-muted"> of {numberText(included)} included</span>
          )}
        </p>
      </div>
      {included === null ? null : (
        <div className="mb-4">
          <Meter value={total} max={included} />
        </div>
      )}
      <BarChart
        label={`${name} by day`}
        unit="Day"
        bars={bars}
        slots={all.length}
        end={dayText(all.at(-1) ?? usage.today)}
        empty="none this month"
        className="[&>div]:h-28"
      />
    </div>
  );
}
