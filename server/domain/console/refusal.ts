import type { EventInput } from "#server/audit/record.ts";
import type { Services } from "../context.ts";
import { recordForPerson } from "../people/record.ts";
import { openTransaction } from "../transaction.ts";
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

/** Records that somebody tried to sign in as this person and was refused, wherever the person is a member. */
export function recordRefusal(services: Services, personId: string, reason: string, visitor: Visitor): Promise<void> {
  return openTransaction(services, (tx) =>
    recordForPerson(services, tx, personId, visitor, {
      event: "console.session.refused",
      result: "DENIED",
      actor: null,
      data: { reason },
      personal: { detail: `Sign-in refused from ${visitor.address}`, address: visitor.address },
    }),
  );
}
