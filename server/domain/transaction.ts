import { appendCall, appendEvent, appendParameters, type FollowUp } from "#server/audit/append.ts";
import { type EventInput, prepareEvent } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Context, Services } from "./context.ts";

// Longer than the 10 s that a request waits for an equal one that is running.
const TRANSACTION_TIMEOUT_MS = 20_000;
const MAX_WAIT_MS = 10_000;

// Organisations of which a running transaction has changed who may do what.
const changed = new WeakMap<Transaction, Set<string>>();

/**
 * Opens a transaction of its own. Prefer inTransaction: it joins the one that the action already has.
 * When it resolves, this process has forgotten what the transaction made untrue; the others hear of it a moment later.
 */
export async function openTransaction<T>(services: Services, run: (tx: Transaction) => Promise<T>): Promise<T> {
  const orgIds = new Set<string>();
  const result = await services.db.prisma.$transaction(
    (tx) => {
      changed.set(tx, orgIds);
      return run(tx);
    },
    { timeout: TRANSACTION_TIMEOUT_MS, maxWait: MAX_WAIT_MS },
  );
  for (const orgId of orgIds) services.directory.forget(orgId);
  return result;
}

/** Runs in the action's transaction, or in a new one: everything that a verb writes stands or falls together. */
export function inTransaction<T>(ctx: Context, run: (tx: Transaction) => Promise<T>): Promise<T> {
  return ctx.tx ? run(ctx.tx) : openTransaction(ctx.services, run);
}

/** The reads of a verb: inside the action's transaction where there is one (else its own writes would be unseen). */
export function reader(ctx: Context): Transaction {
  return ctx.tx ?? ctx.services.db.prisma;
}

// Events after which other processes must not trust what they remember of the organisation.
const CONTROL_EVENTS = /^(agent|key|org|inbox|billing\.plan)\./;
export const CONTROL_CHANNEL = "anima_control";

/**
 * Appends an event in the transaction. An event that changes who may do what also tells every process, at commit, to
 * forget what it has cached of the organisation: these are rare, so the cost of a notifying commit does not matter.
 *
 * @param job what follows from the event
 * @returns the event's id
 */
export async function emit(
  services: Services,
  tx: Transaction,
  input: EventInput,
  job: FollowUp | null = null,
): Promise<string> {
  const event = prepareEvent(input, services.clock.now());
  await appendEvent(tx, event, job);
  if (input.result === "SUCCESS" && CONTROL_EVENTS.test(input.event)) {
    changed.get(tx)?.add(input.orgId);
    await tx.$queryRaw`SELECT pg_notify(${CONTROL_CHANNEL}, ${input.orgId})::text`;
  }
  return event.id;
}

/**
 * Records a refusal, after whatever the refused verb wrote was rolled back. In one statement: an agent that runs into a
 * limit in a loop must cost little.
 */
export async function recordDenial(services: Services, denied: EventInput): Promise<string> {
  const event = prepareEvent(denied, services.clock.now());
  await services.db.pool.query({
    name: "record-denial",
    text: `SELECT ${appendCall(1)}`,
    values: appendParameters(event, null),
  });
  return event.id;
}
