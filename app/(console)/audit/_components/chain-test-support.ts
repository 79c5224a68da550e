import fc from "fast-check";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { LANES } from "./chain-model.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");

/** An event of a chain, `ms` after its beginning. */
export function eventAt(seq: number, ms: number, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: `event-${seq}`,
    seq,
    ts: new Date(START + ms).toISOString(),
    channel: "email",
    event: "email.queued",
    direction: null,
    result: "SUCCESS",
    agentId: "agent",
    actorType: "AGENT",
    actorId: "agent",
    resourceType: null,
    resourceId: null,
    parentId: null,
    requestId: null,
    correlationId: "chain",
    detail: null,
    data: {},
    ...more,
  };
}

const pauses = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 0, max: 90_000 }),
  fc.integer({ min: 60_000, max: 400_000_000 }),
);

/** Chains of any kind: any channels, pauses, directions; causes that are there, later, itself, or elsewhere. */
export const anyChain: fc.Arbitrary<AuditEvent[]> = fc
  .array(
    fc.record({
      pause: pauses,
      channel: fc.constantFrom(...LANES),
      result: fc.constantFrom("SUCCESS" as const, "FAILURE" as const, "DENIED" as const),
      direction: fc.constantFrom("INBOUND" as const, "OUTBOUND" as const, null),
      agentId: fc.constantFrom("a", "b", null),
      parent: fc.option(fc.nat(80), { nil: null }),
    }),
    { maxLength: 60 },
  )
  .map((parts) => {
    let ms = 0;
    return parts.map(({ pause, parent, ...more }, seq) => {
      ms += pause;
      return eventAt(seq, ms, { ...more, parentId: parent === null ? null : `event-${parent}` });
    });
  });
