import type { Visitor } from "./sessions.ts";

/** Somebody with a browser. */
export const visitor: Visitor = {
  address: "203.0.113.7",
  userAgent: "Mozilla/5.0 (test)",
  requestId: "req_test",
  correlationId: "corr_test",
};
