import qs from "qs";
import { invalidField } from "#server/domain/errors.ts";
import { refuseUnstorable } from "./strict-json.ts";

const MAX_PARAMETERS = 200;
const MAX_DEPTH = 4;

/**
 * Parses a query in all forms that clients use: `labels[0]=a`, `labels=a&labels=b`, `capabilities[]=sms`,
 * `dateRange.from=`, `dateRange[from]=`. VALIDATION_ERROR for what cannot be read or stored, or is too much.
 */
export function parseQuery(search: string): Record<string, unknown> {
  refuseBadEscapes(search, "query");
  const query = parse(search);
  refuseUnstorable(query);
  return query;
}

/** Hono and qs would hand on an escape that is not UTF-8 as it stands, which nobody meant. VALIDATION_ERROR. */
export function refuseBadEscapes(text: string, part: "path" | "query"): void {
  try {
    decodeURIComponent(text);
  } catch {
    throw invalidField(part, "contains a percent escape that is not UTF-8.");
  }
}

function parse(search: string): Record<string, unknown> {
  try {
    return qs.parse(search, {
      ignoreQueryPrefix: true,
      allowDots: true,
      depth: MAX_DEPTH,
      strictDepth: true,
      arrayLimit: 100,
      parameterLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      allowPrototypes: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidField(
      "query",
      `has more than ${MAX_PARAMETERS} parameters, more than 100 values of one, or more than ${MAX_DEPTH} levels.`,
    );
  }
}
