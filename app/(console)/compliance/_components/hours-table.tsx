import type { StateHours } from "#server/domain/phone/hours/by-state.ts";
import { shortDay, standingOf } from "./standing.ts";
import { stateName } from "./states.ts";

/** The same facts as the map, state by state. */
export function HoursTable({ states }: { states: StateHours[] }) {
  const rows = states.toSorted((one, other) => stateName(one.state).localeCompare(stateName(other.state)));
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table aria-label="Calling hours by state" className="w-full text-left text-[0.8125rem]">
        <thead className="text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="px-2 py-1.5 pl-4 font-medium">
              State
            </th>
            <th scope="col" className="px-2 py-1.5 font-medium">
              Standing
            </th>
            <th scope="col" className="px-2 py-1.5 font-medium max-md:hidden">
              Its clocks
            </th>
            <th scope="col" className="px-2 py-1.5 pr-4 font-medium max-md:hidden">
              Narrower law
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((state) => (
            <tr key={state.state} className="border-line border-t align-top">
              <th scope="row" className="px-2 py-1.5 pl-4 font-medium">
                {stateName(state.state)}
              </th>
              <td className="px-2 py-1.5 md:whitespace-nowrap">{standingOf(state).words}</td>
              <td className="px-2 py-1.5 font-mono text-[0.75rem] max-md:hidden">
                {state.zones.map(({ zone, localTime, isOpen }) => (
                  <span key={zone} className="block">
                    {shortDay(localTime)} {zone}
                    {state.zones.length > 1 ? (isOpen ? ", open" : ", closed") : ""}
                  </span>
                ))}
              </td>
              <td className="px-2 py-1.5 pr-4 text-muted max-md:hidden">
                {state.laws
                  .slice(1)
                  .map(({ statute }) => statute)
                  .join("; ") || "none"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
