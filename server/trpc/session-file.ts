import type { Context } from "#server/domain/context.ts";
import { ERRORS } from "#server/domain/errors.ts";
import { recordDenial } from "#server/domain/transaction.ts";
import { newId } from "#server/platform/ids.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { toDomainError } from "#server/rest/problem.ts";
import { actionOf, createContext } from "./context.ts";
import { sessionEnded } from "./errors.ts";

/** Answers for whoever has a session. A refusal is a line of text: it is read where the file would have been. */
export async function withSession(
  services: RestServices,
  request: Request,
  answer: (action: Context) => Promise<Response>,
): Promise<Response> {
  const ctx = await createContext(services, request.headers, null, undefined);
  try {
    if (!ctx.session) throw sessionEnded();
    return await answer(actionOf(ctx, ctx.session, `corr_${newId()}`));
  } catch (thrown) {
    const error = toDomainError(thrown);
    const { status, logLevel } = ERRORS[error.code];
    const err = status >= 500 ? { err: error.cause ?? error } : {};
    services.log[logLevel]({ code: error.code, requestId: ctx.requestId, ...err }, "console file refused");
    if (error.denied) await recordDenial(services, error.denied);
    return new Response(`${error.code}: ${error.message} (${ctx.requestId})\n`, {
      status,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  }
}
