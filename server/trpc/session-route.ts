import { findSession, type Session } from "#server/domain/console/sessions.ts";
import type { Context } from "#server/domain/context.ts";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import { recordDenial } from "#server/domain/transaction.ts";
import { newId } from "#server/platform/ids.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { toDomainError } from "#server/rest/problem.ts";
import { actionOf, createContext } from "./context.ts";
import { readSessionCookie } from "./cookie.ts";
import { sessionEnded, toTrpcError, viewError } from "./errors.ts";

export type SessionRequest = {
  session: Session;
  action: Context;
  sameOrigin: boolean;
  /** Whether the session still stands: asked again and again by an answer that takes long. */
  mayStill: () => Promise<boolean>;
};

/**
 * Answers a request of the console that is no procedure, since its answer is a stream: whoever has a session, with
 * refusals in the form that the console shows. UNAUTHORIZED without a session.
 */
export async function answerSession(
  services: RestServices,
  request: Request,
  answer: (request: SessionRequest) => Promise<Response>,
): Promise<Response> {
  const ctx = await createContext(services, request.headers, null, undefined);
  try {
    if (!ctx.session) throw sessionEnded();
    const token = readSessionCookie(request.headers.get("cookie"), services.config);
    return await answer({
      session: ctx.session,
      action: actionOf(ctx, ctx.session, `corr_${newId()}`),
      sameOrigin: ctx.sameOrigin,
      // Looking on is no use: an open page must not keep its session from idling out.
      mayStill: async () => (await findSession(services, token, false)) !== null,
    });
  } catch (thrown) {
    const error = toDomainError(thrown);
    const { status, logLevel } = ERRORS[error.code];
    const err = status >= 500 ? { err: error.cause ?? error } : {};
    services.log[logLevel]({ code: error.code, requestId: ctx.requestId, ...err }, "console call refused");
    if (error.denied) await recordDenial(services, error.denied);
    return Response.json({ error: viewError(toTrpcError(error), ctx.requestId) }, { status });
  }
}

/** FORBIDDEN where another site made the browser ask. */
export function requireSameOrigin({ sameOrigin }: SessionRequest): void {
  if (!sameOrigin) throw new DomainError("FORBIDDEN", "This came from another site than the console.");
}
