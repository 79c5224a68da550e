import { Check, X } from "lucide-react";
import type { GateReport } from "#server/domain/phone/gates/types.ts";
import { Time } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { GATE_NAMES } from "./gate-names.ts";

/** What every gate says of a text that was not sent. */
export function GateList({ report: { allowed, gates } }: { report: GateReport }) {
  return (
    <section aria-label="What every gate says" className="rounded-md border border-line p-3">
      <p role="status" className="mb-2 text-[0.8125rem] font-medium">
        {allowed ? "Every gate lets it through. Nothing was sent." : "It would be refused. Nothing was sent."}
      </p>
      <ul className="grid gap-1.5 text-[0.8125rem]">
        {gates.map(({ gate, verdict, code, detail, details }) => {
          const isOpen = verdict === "allow";
          const Icon = isOpen ? Check : X;
          return (
            <li key={gate} className="flex items-start gap-2">
              <Icon className={cn("mt-0.5 size-4 shrink-0", isOpen ? "text-accent" : "text-danger")} aria-hidden />
              <span>
                <span className="font-medium">{GATE_NAMES[gate] ?? gate}</span>
                <span className="sr-only">{isOpen ? " allows" : " refuses"}</span>{" "}
                {code ? <code className="font-mono text-danger">{code} </code> : null}
                <span className="text-muted">{detail}</span>
                {typeof details?.nextAllowedAt === "string" ? (
                  <>
                    {" "}
                    Next <Time at={details.nextAllowedAt} />.
                  </>
                ) : null}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
