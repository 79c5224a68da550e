import type { EventInput } from "#server/audit/record.ts";
import type { Visitor } from "./sessions.ts";

/** The event of a sign-in that was refused, where it is known whose console it was meant for. */
export function refusedSignIn(orgId: string, reason: string, visitor: Visitor): EventInput {
  return {
    orgId,
    channel: "console",
    event: "console.session.refused",
    result: "DENIED",
    actorType: "SYSTEM",
    actorId: "anonymous",
    requestId: visitor.requestId,
    correlationId: visitor.correlationId,
    data: { reason },
    personal: { detail: `Sign-in refused from ${visitor.address}`, address: visitor.address },
  };
}
