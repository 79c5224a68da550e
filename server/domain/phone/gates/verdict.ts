import type { JsonObject } from "#server/audit/record.ts";
import type { ErrorCode } from "../../errors.ts";
import type { GateName, Verdict } from "./types.ts";

export function allow(gate: GateName, detail: string, facts: JsonObject): Verdict {
  return { gate, verdict: "allow", code: null, detail, facts };
}

export function refuse(
  gate: GateName,
  code: ErrorCode,
  detail: string,
  facts: JsonObject,
  details: JsonObject = {},
): Verdict {
  return { gate, verdict: "refuse", code, detail, facts, details };
}
