import type { ErrorView } from "#server/trpc/errors.ts";
import { Time } from "../../../_lib/time.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { gateName } from "./gate-names.ts";

/** Why a call, text or number was refused: the error, which gate it is of, when it will let the same through, and what helps. */
export function Refusal({ error }: { error: ErrorView }) {
  const { gate, nextAllowedAt, remediation } = error.details;
  const hint = (remediation as { hint?: unknown } | undefined)?.hint;
  return (
    <div className="grid gap-1.5">
      <ErrorNote error={error} />
      {typeof gate === "string" ? (
        <p className="text-[0.8125rem] text-muted">
          Refused by the gate <strong className="font-medium text-ink">{gateName(gate)}</strong>.{" "}
          {typeof nextAllowedAt === "string" ? (
            <>
              It lets it through <Time at={nextAllowedAt} format="relative" />.
            </>
          ) : null}
        </p>
      ) : null}
      {typeof hint === "string" ? <p className="text-[0.8125rem] text-muted">{hint}</p> : null}
    </div>
  );
}
