import type { Transaction } from "#server/platform/database.ts";
import type { PreparedEvent } from "./record.ts";

/** The parameters of the SQL function append_event, in its order. */
export function appendParameters(event: PreparedEvent): unknown[] {
  return [event.orgId, event.id, event.ts, event.record, event.salt, event.private];
}

const TYPES = ["text", "text", "timestamptz", "text", "bytea", "text"] as const;

/** SQL that calls append_event with the parameters that begin at $first. */
export function appendCall(first: number): string {
  return `append_event(${TYPES.map((type, index) => `$${first + index}::${type}`).join(", ")})`;
}

export const APPEND_PARAMETER_COUNT = TYPES.length;

/** Appends an event in the caller's transaction: it stands in the log if and only if the action does. */
export async function appendEvent(tx: Transaction, event: PreparedEvent): Promise<void> {
  await tx.$queryRawUnsafe(`SELECT ${appendCall(1)}::text`, ...appendParameters(event));
}
