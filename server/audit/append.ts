import type { Transaction } from "#server/platform/database.ts";
import type { JsonObject, PreparedEvent } from "./record.ts";

/** A job that follows from an event: it is queued when the event gets its number, so never without it. */
export type FollowUp = { task: string; payload: JsonObject };

/** The parameters of the SQL function append_event, in its order. */
export function appendParameters(event: PreparedEvent, job: FollowUp | null): unknown[] {
  const payload = job ? JSON.stringify(job.payload) : null;
  return [event.orgId, event.id, event.ts, event.record, event.salt, event.private, job?.task ?? null, payload];
}

const TYPES = ["text", "text", "timestamptz", "text", "bytea", "text", "text", "json"] as const;

/** SQL that calls append_event with the parameters that begin at $first. */
export function appendCall(first: number): string {
  return `append_event(${TYPES.map((type, index) => `$${first + index}::${type}`).join(", ")})`;
}

export const APPEND_PARAMETER_COUNT = TYPES.length;

/** Appends an event in the caller's transaction: it stands in the log if and only if the action does. */
export async function appendEvent(tx: Transaction, event: PreparedEvent, job: FollowUp | null = null): Promise<void> {
  await tx.$queryRawUnsafe(`SELECT ${appendCall(1)}::text`, ...appendParameters(event, job));
}
