import { parseAsString, parseAsStringLiteral } from "nuqs/server";
import { CAP_METERS } from "#server/domain/billing/meters.ts";

/** What of the caps is in the address bar. */
export const capsView = {
  /** Whose caps; without one the organisation's. */
  agent: parseAsString,
  channel: parseAsStringLiteral(CAP_METERS).withDefault("email"),
  /** The kill switch's question. */
  stop: parseAsStringLiteral(["1"]),
};

/** The inputs of lists in a view: the page prefetches what they then read. */
export const ofAgent = (agentId: string | null) => ({ limit: 20, ...(agentId === null ? {} : { agentId }) });

export const CHANNEL_NAMES = { email: "Email", sms: "SMS", voice: "Voice" } as const;
export const UNIT_NAMES = { email: "mails", sms: "messages", voice: "minutes" } as const;
