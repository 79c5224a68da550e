import type { AuditEvent } from "#server/domain/events/schemas.ts";

const CONCERNS_MONEY = /^(email\.queued|sms\.(queued|received)|voice\.call\.(queued|received|ended)|billing\.|org\.)/;

/** Whether an event may have changed what was used, spent or held, or what limits it. */
export function concernsMoney({ event }: Pick<AuditEvent, "event">): boolean {
  return CONCERNS_MONEY.test(event);
}
