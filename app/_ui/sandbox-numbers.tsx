import { OUTCOMES } from "#server/domain/sandbox/outcomes.ts";

/** What becomes of calls and texts to the sandbox's reserved numbers. */
export function SandboxNumbers() {
  return (
    <table className="my-4 w-full text-left">
      <caption className="sr-only">What the numbers of the sandbox do</caption>
      <thead>
        <tr>
          <th scope="col" className="border-line border-b py-1.5 pr-6 font-semibold">
            Number
          </th>
          <th scope="col" className="border-line border-b py-1.5 font-semibold">
            What happens
          </th>
        </tr>
      </thead>
      <tbody>
        {OUTCOMES.map(({ from, to, meaning }) => (
          <tr key={from}>
            <td className="whitespace-nowrap border-line border-b py-1.5 pr-6 align-top font-mono tabular-nums">
              555 01{twoDigits(from)}
              {from === to ? null : `–${twoDigits(to)}`}
            </td>
            <td className="border-line border-b py-1.5 align-top">{meaning}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function twoDigits(line: number): string {
  return String(line).padStart(2, "0");
}
