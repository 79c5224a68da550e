import { findSession } from "#server/domain/console/sessions.ts";
import { ERRORS } from "#server/domain/errors.ts";
import { followEvents } from "#server/domain/events/follow.ts";
import { newId } from "#server/platform/ids.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { eventStream, lastEventId } from "#server/rest/event-stream.ts";
import { toDomainError } from "#server/rest/problem.ts";
import { actionOf, createContext } from "./context.ts";
import { readSessionCookie } from "./cookie.ts";
import { sessionEnded, toTrpcError, viewError } from "./errors.ts";
import { inputOf } from "./init.ts";

/**
 * The console's live log: the stream of the REST API for whoever has a session, since a browser's EventSource cannot
 * send a key. Continues after `Last-Event-ID`, else after the query's `after`; takes the query members of the REST
 * stream; ends when the session does.
 */
export async function liveStream(services: RestServices, request: Request): Promise<Response> {
  const ctx = await createContext(services, request.headers, null, undefined);
  try {
    if (!ctx.session) throw sessionEnded();
    const action = actionOf(ctx, ctx.session, `corr_${newId()}`);
    const { after, ...filter } = Object.fromEntries(new URL(request.url).searchParams);
    const following = await followEvents(action, inputOf(followEvents)(filter));
    const seen = lastEventId(request.headers.get("last-event-id")) ?? lastEventId(after);
    const token = readSessionCookie(request.headers.get("cookie"), services.config);
    // Looking on is no use: an open page must not keep its session from idling out.
    const mayStill = async () => (await findSession(services, token, false)) !== null;
    return eventStream(services.live, following, seen, request.signal, mayStill);
  } catch (error) {
    const { status } = ERRORS[toDomainError(error).code];
    return Response.json({ error: viewError(toTrpcError(error), ctx.requestId) }, { status });
  }
}
