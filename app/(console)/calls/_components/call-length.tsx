import type { Call } from "#server/domain/calls/schemas.ts";
import { lengthText } from "../../../_lib/numbers.ts";
import { Elapsed } from "../../../_lib/time.tsx";

/** How long was talked: counted up while it lasts. */
export function CallLength({ call }: { call: Pick<Call, "state" | "answeredAt" | "durationSeconds"> }) {
  if (call.state === "active" && call.answeredAt !== null) return <Elapsed since={call.answeredAt} />;
  if (!call.durationSeconds) return <span className="text-muted">–</span>;
  return <span className="tabular-nums">{lengthText(call.durationSeconds)}</span>;
}
