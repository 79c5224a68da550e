import type { EventInput, JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";
import { emit } from "../transaction.ts";
import { membershipsOf } from "./find.ts";

type AccountEvent = {
  event: string;
  result: EventInput["result"];
  /** Null where nobody has shown yet that they are this person. */
  actor: "self" | null;
  data?: JsonObject;
  personal: JsonObject & { detail: string };
};

/** Records what concerns a person's account, in the log of every organisation that they are a member of. */
export async function recordForPerson(
  services: Services,
  tx: Transaction,
  personId: string,
  ids: { requestId: string | null; correlationId: string },
  { actor, ...event }: AccountEvent,
): Promise<void> {
  for (const { orgId, memberId } of await membershipsOf(tx, personId)) {
    await emit(services, tx, {
      ...event,
      orgId,
      channel: "console",
      actorType: actor ? "USER" : "SYSTEM",
      actorId: actor ? memberId : "anonymous",
      resourceType: "member",
      resourceId: memberId,
      requestId: ids.requestId,
      correlationId: ids.correlationId,
    });
  }
}
