import { CircleCheck, CircleX } from "lucide-react";
import { errorSlug } from "#server/domain/errors.ts";
import type { GateReport, Verdict } from "#server/domain/phone/gates/types.ts";
import { Time } from "../../../_lib/time.tsx";
import { Link } from "../../../_ui/link.tsx";
import { gateName } from "./gate-names.ts";

/** What every gate says of a call or text, in their order, with the facts that it looked at. @param note what did not happen */
export function GateVerdicts({ report, note }: { report: GateReport; note: string }) {
  const refusing = report.gates.filter(({ verdict }) => verdict === "refuse").length;
  return (
    <section aria-label="What the gates say" className="grid gap-2">
      <h3 className="font-medium">
        {refusing === 0
          ? `All ${report.gates.length} gates let it through.`
          : `${refusing} of ${report.gates.length} gates ${refusing === 1 ? "refuses" : "refuse"} it.`}
      </h3>
      <ul className="overflow-hidden rounded-lg border border-line">
        {report.gates.map((verdict) => (
          <li key={verdict.gate} className="grid gap-1 border-line border-b px-3 py-2 last:border-b-0">
            <GateVerdict verdict={verdict} />
          </li>
        ))}
      </ul>
      <p className="text-[0.8125rem] text-muted">{note}</p>
    </section>
  );
}

function GateVerdict({ verdict: { gate, verdict, code, detail, details, facts } }: { verdict: Verdict }) {
  const isAllowed = verdict === "allow";
  return (
    <>
      <p className="flex items-center gap-2">
        {isAllowed ? (
          <CircleCheck className="size-4 shrink-0 text-accent" aria-hidden />
        ) : (
          <CircleX className="size-4 shrink-0 text-danger" aria-hidden />
        )}
        <span className="font-medium">{gateName(gate)}</span>
        <span className="sr-only">{isAllowed ? "lets it through." : "refuses."}</span>
        {code === null ? null : (
          <Link
            href={`/docs/errors/${errorSlug(code)}`}
            className="ml-auto truncate font-mono text-[0.75rem] text-danger underline underline-offset-2"
          >
            {code}
          </Link>
        )}
      </p>
      <p className="pl-6 text-[0.8125rem] text-muted">
        {detail}
        {typeof details?.nextAllowedAt === "string" ? (
          <>
            {" "}
            Next <Time at={details.nextAllowedAt} />.
          </>
        ) : null}
      </p>
      <details className="pl-6 text-[0.8125rem]">
        <summary className="w-fit rounded text-muted hover:text-ink">What it looked at</summary>
        <dl className="mt-1 grid grid-cols-[minmax(0,8rem)_minmax(0,1fr)] gap-x-3 gap-y-0.5 font-mono text-[0.75rem]">
          {Object.entries(facts).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="break-words text-muted">{name}</dt>
              <dd className="whitespace-pre-wrap break-words">
                {typeof value === "string" ? value : JSON.stringify(value, null, 1)}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
