import { z } from "zod";
import { followEvents } from "#server/domain/events/follow.ts";
import { listAuditEvents } from "#server/domain/events/list.ts";
import { AuditEvent } from "#server/domain/events/schemas.ts";
import { eventStream, lastEventId } from "../event-stream.ts";
import { pageOf } from "../page.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Audit";

export const eventRoutes: RouteDefinition[] = [
  route("get", "/audit/events", listAuditEvents, {
    tag,
    summary: "Events, or the chain of a correlation id",
    response: pageOf(AuditEvent),
  }),
  route("get", "/events/stream", followEvents, {
    tag,
    summary: "Live events (Server-Sent Events); Last-Event-ID resumes",
    response: z.unknown(),
    mediaType: "text/event-stream",
    respond: (c, following, services) =>
      eventStream(services.live, following, lastEventId(c.req.header("last-event-id")), c.req.raw.signal),
  }),
];
