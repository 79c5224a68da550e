import type pg from "pg";
import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";
import { enqueue, scheduledAt } from "../jobs.ts";
import { domainOf } from "./addresses.ts";

type Addressed = { to: string[]; cc: string[]; bcc: string[] };

/** The task that delivers a mail. One that stays on this server does not wait behind those that wait for others' hosts. */
export function deliveryTask(services: Services, { to, cc, bcc }: Addressed): "deliver-email" | "deliver-email-here" {
  const isHere = [...to, ...cc, ...bcc].every((address) => domainOf(address) === services.config.mailDomain);
  return isHere ? "deliver-email-here" : "deliver-email";
}

/** Queues an attempt, in place of one that waits already: a mail has one next attempt, however it came to it. */
export function queueDelivery(
  services: Services,
  tx: Transaction,
  message: Addressed & { orgId: string; id: string },
  runAt?: Date,
): Promise<void> {
  const { orgId, id: messageId } = message;
  const options = { jobKey: jobKeyOf(messageId), ...(runAt ? { runAt } : {}) };
  return enqueue(tx, deliveryTask(services, message), { orgId, messageId }, options);
}

/** When a mail that was put off is tried again; null where no attempt waits. */
export function nextAttemptAt(pool: pg.Pool, messageId: string): Promise<Date | null> {
  return scheduledAt(pool, jobKeyOf(messageId));
}

const jobKeyOf = (messageId: string) => `deliver-email ${messageId}`;
