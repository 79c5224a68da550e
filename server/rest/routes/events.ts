import { z } from "zod";
import type { KeyHolder } from "#server/domain/context.ts";
import { followEvents } from "#server/domain/events/follow.ts";
import { listAuditEvents } from "#server/domain/events/list.ts";
import { AuditEvent } from "#server/domain/events/schemas.ts";
import { grants } from "#server/domain/scopes.ts";
import { eventStream, lastEventId } from "../event-stream.ts";
import { presentedKey } from "../middleware/authenticate.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf } from "./common.ts";

const tag = "Audit";

export const eventRoutes: RouteDefinition[] = [
  route("get", "/audit/events", listAuditEvents, {
    tag,
    summary: "Events, or the chain of a correlation id",
    response: pageOf(AuditEvent, "AuditEventPage"),
  }),
  route("get", "/events/stream", followEvents, {
    tag,
    summary: "Live events (Server-Sent Events); Last-Event-ID resumes",
    response: z.unknown(),
    mediaType: "text/event-stream",
    respond: (c, following, services) => {
      const key = presentedKey(c.req.header("authorization"), c.req.header("x-api-key")) ?? "";
      const mayStill = async () => holds(await services.directory.principalOf(key));
      const after = lastEventId(c.req.header("last-event-id"));
      return eventStream(services.live, following, after, c.req.raw.signal, mayStill);
    },
  }),
];

/** Whether a key is still good for what it was opened with. */
function holds(principal: KeyHolder | null): boolean {
  if (principal === null || principal.kind === "service") return false;
  return grants(principal.scopes, followEvents.access.scope ?? "*");
}
