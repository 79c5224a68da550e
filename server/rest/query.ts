import qs from "qs";
import { refuseUnstorable } from "./strict-json.ts";

/**
 * Parses a query in all forms that clients use: `labels[0]=a`, `labels=a&labels=b`, `capabilities[]=sms`,
 * `dateRange.from=`, `dateRange[from]=`. VALIDATION_ERROR for text that can not be stored.
 */
export function parseQuery(search: string): Record<string, unknown> {
  const query = qs.parse(search, {
    ignoreQueryPrefix: true,
    allowDots: true,
    depth: 4,
    arrayLimit: 100,
    parameterLimit: 200,
    allowPrototypes: false,
  });
  refuseUnstorable(query, "");
  return query;
}
