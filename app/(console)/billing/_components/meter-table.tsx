"use client";

import type { Usage } from "#server/domain/usage/by-day.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { METER_NAMES } from "../../_components/meter-names.ts";

/** What a month comes to, meter by meter: the lines add up to the total, to the micro-unit. */
export function MeterTable({ usage }: { usage: Usage }) {
  const money = useMoney();
  const total = usage.meters.reduce((sum, { micros }) => sum + micros, 0);
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table aria-label="Usage by meter" className="w-full text-left text-[0.8125rem]">
        <thead className="border-line border-b text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="px-4 py-2 font-medium">
              Meter
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              Used
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              Included
            </th>
            <th scope="col" className="hidden px-2 py-2 text-right font-medium sm:table-cell">
              Billable
            </th>
            <th scope="col" className="hidden px-2 py-2 text-right font-medium sm:table-cell">
              A unit
            </th>
            <th scope="col" className="py-2 pr-4 pl-2 text-right font-medium">
              Cost
            </th>
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {usage.meters.map(({ meter, offered, total: used, included, billable, unitMicros, micros }) => (
            <tr key={meter} className="border-line border-b">
              <th scope="row" className="px-4 py-1.5 font-normal">
                {METER_NAMES[meter]}
                {offered ? null : <span className="text-muted"> · not offered yet</span>}
              </th>
              <td className="px-2 py-1.5 text-right font-mono">{numberText(used)}</td>
              <td className="px-2 py-1.5 text-right font-mono">{included === null ? "all" : numberText(included)}</td>
              <td className="hidden px-2 py-1.5 text-right font-mono sm:table-cell">{numberText(billable)}</td>
              <td className="hidden px-2 py-1.5 text-right font-mono text-muted sm:table-cell">
                {unitMicros === 0 ? "–" : money(unitMicros)}
              </td>
              <td className="py-1.5 pr-4 pl-2 text-right font-mono">{money(micros)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" className="px-4 py-2 font-medium">
              Usage beyond the plan's price
            </th>
            <td className="py-2 pr-4 pl-2 text-right font-medium font-mono tabular-nums" colSpan={5}>
              {money(total)}
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
