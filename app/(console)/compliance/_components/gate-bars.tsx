import { numberText } from "../../../_lib/numbers.ts";
import { gateName } from "../../_components/gates/gate-names.ts";

type Count = { gate: string | null; day: number; week: number };

/** How much each gate refused in a day and in a week, as small bars beside the numbers. */
export function GateBars({ counts }: { counts: Count[] }) {
  const most = Math.max(1, ...counts.map(({ week }) => week));
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table aria-label="Refusals by gate" className="w-full text-[0.8125rem]">
        <thead className="text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="w-36 px-2 py-1.5 pl-4 text-left font-medium">
              Gate
            </th>
            <th scope="col" className="w-20 px-2 py-1.5 text-right font-medium">
              24 hours
            </th>
            <th scope="col" className="w-20 px-2 py-1.5 text-right font-medium max-sm:pr-4">
              7 days
            </th>
            <td className="max-sm:hidden" />
          </tr>
        </thead>
        <tbody>
          {counts.map(({ gate, day, week }) => (
            <tr key={gate} className="border-line border-t">
              <th scope="row" className="px-2 py-1.5 pl-4 text-left font-medium">
                {gateName(gate)}
              </th>
              <td className="px-2 py-1.5 text-right tabular-nums">{numberText(day)}</td>
              <td className="px-2 py-1.5 text-right tabular-nums max-sm:pr-4">{numberText(week)}</td>
              <td className="px-4 py-1.5 max-sm:hidden">
                <Bar day={day / most} week={week / most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The week's, and in it the day's. */
function Bar({ day, week }: { day: number; week: number }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      className="block h-2 w-full max-w-80 rounded-full bg-raised"
    >
      <rect width={100 * week} height="1" className="fill-line-strong" />
      <rect width={100 * day} height="1" className="fill-danger-fill" />
    </svg>
  );
}
