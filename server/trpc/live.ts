import { findSession, type Session } from "#server/domain/console/sessions.ts";
import type { Context } from "#server/domain/context.ts";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import { followEvents } from "#server/domain/events/follow.ts";
import { newId } from "#server/platform/ids.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { eventStream, lastEventId } from "#server/rest/event-stream.ts";
import { toDomainError } from "#server/rest/problem.ts";
import { createContext } from "./context.ts";
import { readSessionCookie } from "./cookie.ts";
import { toTrpcError, viewError } from "./errors.ts";
import { inputOf } from "./init.ts";

/**
 * The console's live log: the stream of the REST API for whoever has a session, since a browser's EventSource can not
 * send a key. Continues after `Last-Event-ID`, else after the query's `after`; takes the query members of the REST
 * stream; ends when the session does.
 */
export async function liveStream(services: RestServices, request: Request): Promise<Response> {
  const { session, requestId } = await createContext(services, request.headers, null, undefined);
  try {
    if (!session) throw new DomainError("UNAUTHORIZED", "Your session has ended. Sign in again.");
    const { after, ...filter } = Object.fromEntries(new URL(request.url).searchParams);
    const following = await followEvents(actionOf(services, session, requestId), inputOf(followEvents)(filter));
    const seen = lastEventId(request.headers.get("last-event-id")) ?? lastEventId(after);
    const token = readSessionCookie(request.headers.get("cookie"), services.config);
    // Looking on is no use: an open page must not keep its session from idling out.
    const mayStill = async () => (await findSession(services, token, false)) !== null;
    return eventStream(services.live, following, seen, request.signal, mayStill);
  } catch (error) {
    const { status } = ERRORS[toDomainError(error).code];
    return Response.json({ error: viewError(toTrpcError(error), requestId) }, { status });
  }
}

function actionOf(services: RestServices, session: Session, requestId: string): Context {
  const { principal } = session;
  return { services, principal, requestId, correlationId: `corr_${newId()}`, correlationGiven: false };
}
