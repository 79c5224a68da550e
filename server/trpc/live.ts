import type { CallFeed } from "#server/domain/calls/feed.ts";
import { gatherStirs } from "#server/domain/calls/stirs.ts";
import { followEvents } from "#server/domain/events/follow.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { eventStream, lastEventId } from "#server/rest/event-stream.ts";
import { sessionEnded } from "./errors.ts";
import { inputOf } from "./init.ts";
import { answerSession } from "./session-route.ts";

/**
 * The console's live log: the stream of the REST API for whoever has a session, since a browser has no key to send.
 * Continues after `Last-Event-ID`, else after the query's `after` (-1: from the first event on); takes the query members
 * of the REST stream; ends when the session does. `x-log-size` says how many events there are already. Beside the log it
 * names the calls in which something was said: `event: calls`, `data: {"callIds": [...]}`.
 *
 * With `session` it is for that session only: the browser's cookie may be another's than the page was drawn for.
 */
export function liveStream(services: RestServices & { callFeed: CallFeed }, request: Request): Promise<Response> {
  return answerSession(services, request, async ({ session, action, mayStill }) => {
    const { after, session: wanted, ...filter } = Object.fromEntries(new URL(request.url).searchParams);
    if (wanted !== undefined && wanted !== session.principal.sessionId) throw sessionEnded();
    const following = await followEvents(action, inputOf(followEvents)(filter));
    const seen = lastEventId(request.headers.get("last-event-id")) ?? (after === "-1" ? -1 : lastEventId(after));
    const stream = eventStream(services.live, following, seen, request.signal, mayStill, (write) =>
      gatherStirs(services.callFeed, following.orgId, (callIds) =>
        write(`event: calls\ndata: ${JSON.stringify({ callIds })}\n\n`),
      ),
    );
    stream.headers.set("x-log-size", String(following.size));
    return stream;
  });
}
