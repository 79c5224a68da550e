import type { JsonObject } from "#server/audit/record.ts";
import type { Gate } from "./facts.ts";
import { allow, refuse } from "./verdict.ts";

const DAY_MS = 86_400_000;

/** A day, as this gate counts it: any 24 hours. */
export const FREQUENCY_WINDOW_MS = DAY_MS;

/**
 * How often: to one number in any 24 hours, dials of the organisation a second, what the plan and the caps leave.
 * VOICE_RATE_LIMIT_EXCEEDED, SMS_RATE_LIMIT_EXCEEDED (details.nextAllowedAt, retryAfter),
 * VOICE_DAILY_CAP_EXCEEDED, VOICE_MONTHLY_CAP_EXCEEDED, PAYMENT_REQUIRED.
 */
export const frequency: Gate = (order, { frequency: { attempts, dials, spend }, rules }, now) => {
  const limit = order.channel === "voice" ? rules.callsPerDay : rules.textsPerDay;
  const noun = order.channel === "voice" ? "calls" : "texts";
  const code = order.channel === "voice" ? "VOICE_RATE_LIMIT_EXCEEDED" : "SMS_RATE_LIMIT_EXCEEDED";
  const recent = attempts.filter((at) => now.getTime() - at.getTime() < FREQUENCY_WINDOW_MS);
  const facts: JsonObject = {
    in24Hours: recent.length,
    limitIn24Hours: limit,
    dialsASecond: dials?.limit ?? null,
    spend: spend?.code ?? null,
  };
  if (recent.length >= limit) {
    // The one that has to be 24 hours old before there is room again.
    const blocking = limit === 0 ? null : (recent[limit - 1] ?? null);
    const next = blocking && new Date(blocking.getTime() + FREQUENCY_WINDOW_MS);
    return refuse(
      "frequency",
      code,
      `This number had ${recent.length} ${noun} in 24 hours; ${limit} are allowed.`,
      facts,
      {
        limit,
        nextAllowedAt: next?.toISOString() ?? null,
        ...(next ? { retryAfter: Math.max(1, Math.ceil((next.getTime() - now.getTime()) / 1000)) } : {}),
      },
    );
  }
  if (dials?.exceeded) {
    const detail = `The organisation may dial ${dials.limit} times a second.`;
    return refuse("frequency", code, detail, facts, {
      limit: dials.limit,
      retryAfter: Math.max(1, dials.resetSeconds),
    });
  }
  if (spend) return refuse("frequency", spend.code, spend.detail, facts, spend.details as JsonObject);
  return allow(
    "frequency",
    `${recent.length} of ${limit} ${noun} to this number in 24 hours, and the caps leave room.`,
    facts,
  );
};
