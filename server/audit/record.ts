import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { newId } from "#server/platform/ids.ts";
import { randomSalt } from "#server/platform/random.ts";
import type { Channel, Result } from "./vocabulary.ts";

export type ActorType = "AGENT" | "API_KEY" | "USER" | "SYSTEM";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** What happened, as a verb says it. */
export type EventInput = {
  orgId: string;
  channel: Channel;
  /** `<channel>.<past tense>` */
  event: string;
  result: Result;
  direction?: "INBOUND" | "OUTBOUND";
  agentId?: string | null;
  actorType: ActorType;
  actorId: string;
  resourceType?: string;
  resourceId?: string;
  /** The event that caused this one. */
  parentId?: string | null;
  requestId?: string | null;
  correlationId: string;
  /** Ids, counts, decisions. Never personal data, never a secret: it cannot be erased. */
  data?: JsonObject;
  /** Addresses, subjects, free text: erasable. `detail` is the one line that people read. Never a body or a secret. */
  personal?: JsonObject & { detail?: string };
};

/** An event in the form in which it is stored. */
export type PreparedEvent = {
  id: string;
  orgId: string;
  ts: Date;
  /** RFC 8785 canonical JSON, the leaf of the log. */
  record: string;
  salt: Buffer | null;
  private: string | null;
};

const SALT_BYTES = 16;

/** The commitment that a record holds to its private part: SHA-256 over the salt and the canonical JSON, in hex. */
export function commitment(salt: Uint8Array, data: string): string {
  return createHash("sha256").update(salt).update(data).digest("hex");
}

/** Gives an event its id, canonical record and private part. */
export function prepareEvent(input: EventInput, now: Date, id: string = newId()): PreparedEvent {
  const personal = input.personal && Object.keys(input.personal).length > 0 ? canonicalJson(input.personal) : null;
  const salt = personal === null ? null : randomSalt(SALT_BYTES);
  const record = canonicalJson({
    v: 1,
    id,
    orgId: input.orgId,
    ts: now.toISOString(),
    channel: input.channel,
    event: input.event,
    direction: input.direction ?? null,
    result: input.result,
    agentId: input.agentId ?? null,
    actorType: input.actorType,
    actorId: input.actorId,
    resourceType: input.resourceType ?? null,
    resourceId: input.resourceId ?? null,
    parentId: input.parentId ?? null,
    requestId: input.requestId ?? null,
    correlationId: input.correlationId,
    data: input.data ?? {},
    private: personal === null || salt === null ? null : commitment(salt, personal),
  });
  return { id, orgId: input.orgId, ts: now, record, salt, private: personal };
}

/** What a stored record holds. */
export type EventRecord = {
  v: 1;
  id: string;
  orgId: string;
  ts: string;
  channel: string;
  event: string;
  direction: "INBOUND" | "OUTBOUND" | null;
  result: Result;
  agentId: string | null;
  actorType: ActorType;
  actorId: string;
  resourceType: string | null;
  resourceId: string | null;
  parentId: string | null;
  requestId: string | null;
  correlationId: string;
  data: JsonObject;
  private: string | null;
};

/** Reads back a stored record. Only prepareEvent makes them, so its form is known. */
export function parseRecord(record: string): EventRecord {
  return JSON.parse(record) as EventRecord;
}

function canonicalJson(value: JsonObject): string {
  const text = canonicalize(wellFormed(value));
  if (text === undefined) throw new TypeError("an event is a JSON object");
  return text;
}

/**
 * Text is cut to length in many places, so also in the middle of a character. RFC 8785 has no form for half of one, and what
 * is logged must not fail for it.
 */
function wellFormed(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wellFormed(member)]));
}
