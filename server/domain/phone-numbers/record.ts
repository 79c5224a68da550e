import type { JsonObject } from "#server/audit/record.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import type { eventBase } from "../context.ts";

/** Who acts on a number, in the words of its events. */
export type NumberActor = Pick<ReturnType<typeof eventBase>, "actorType" | "actorId" | "correlationId"> & {
  requestId?: string | null;
};

type Row = Pick<PhoneNumber, "orgId" | "id" | "agentId" | "carrier" | "countryCode" | "numberType"> & {
  phoneNumber: string | null;
};

/** What happens to a number, or to an order of one, on the log. */
export function numberEvent(row: Row, event: `voice.number.${string}`, by: NumberActor, data: JsonObject = {}) {
  return {
    ...by,
    orgId: row.orgId,
    channel: "voice" as const,
    event,
    result: "SUCCESS" as const,
    agentId: row.agentId,
    resourceType: "phone_number",
    resourceId: row.id,
    data: { carrier: row.carrier, country: row.countryCode, type: row.numberType, ...data },
    personal: row.phoneNumber === null ? {} : { detail: row.phoneNumber, phoneNumber: row.phoneNumber },
  };
}
