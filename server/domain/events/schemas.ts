import { z } from "zod";
import type { EventView } from "#server/audit/list.ts";
import { CHANNELS, RESULTS } from "#server/audit/vocabulary.ts";

export const AuditEvent = z
  .object({
    id: z.string(),
    seq: z.int().describe("The event's number in the organisation's log: from 0, without gaps."),
    ts: z.string(),
    channel: z.enum(CHANNELS),
    event: z.string(),
    direction: z.enum(["INBOUND", "OUTBOUND"]).nullable(),
    result: z.enum(RESULTS),
    agentId: z.string().nullable(),
    actorType: z.enum(["AGENT", "API_KEY", "USER", "SYSTEM"]),
    actorId: z.string(),
    resourceType: z.string().nullable(),
    resourceId: z.string().nullable(),
    parentId: z.string().nullable().describe("The event that caused this one."),
    requestId: z.string().nullable(),
    correlationId: z.string(),
    detail: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEvent" });

export type AuditEvent = z.infer<typeof AuditEvent>;

/** An event as the API answers it. */
export function toAuditEvent(view: EventView): AuditEvent {
  return { ...view, channel: view.channel as AuditEvent["channel"] };
}
