import type { Context as HonoContext } from "hono";
import { answer } from "./answer.ts";
import type { RestEnv } from "./environment.ts";

/** 201 for what was accepted; 200 for the report of a dry run, which made nothing. */
export function answerOrReport(c: HonoContext<RestEnv>, output: object): Response {
  const status = "gates" in output ? 200 : 201;
  return answer(c, JSON.stringify(output), status, { "content-type": "application/json" });
}
