import { APPEND_PARAMETER_COUNT, appendCall, appendParameters } from "#server/audit/append.ts";
import type { PreparedEvent } from "#server/audit/record.ts";
import { queryOnKept } from "#server/platform/database.ts";
import type { Attachment } from "#server/platform/generated/client.ts";
import type { Meter } from "#server/platform/tiers.ts";
import { spending, spendParameters } from "../billing/spend.ts";
import type { Context } from "../context.ts";
import { CLAIM_CONFLICT, CLAIM_SQL, claimParameters, KeyTaken } from "../idempotency/claim.ts";
import type { StoredMessage } from "../messages/schemas.ts";
import { storageLimits } from "../storage/keep.ts";
import { deliveryTask } from "./delivery-job.ts";
import { THREAD_CONFLICT, THREAD_SQL } from "./thread.ts";

/** Everything that accepting one mail writes. All of it is known before, the answer included. */
export type AcceptedMail = {
  message: StoredMessage;
  attachments: (Omit<Attachment, "orgId" | "messageId"> & { storageKey: string })[];
  thread: { participants: string[]; snippet: string };
  event: PreparedEvent;
  /** Recorded under the event's id, by which it is summed when the event is numbered (count_events in the migrations). */
  usage: { meter: Meter; quantity: number; day: string };
  /** Of files that were stored for it. */
  storedBytes: number;
  /** What the caller is answered, and what a replay of its Idempotency-Key is answered. */
  answer: string;
  answerStatus: number;
  correlationId: string;
};

type Parameter = [value: unknown, type: string];

/**
 * Accepts a mail in one statement, so that one round trip commits the claim of the idempotency key, the message, its
 * thread, the usage record, the audit event and (through the event) the delivery job, or none of them. As an
 * interactive transaction the same writes cost eight round trips.
 *
 * The CTEs are a chain: `sender` is there only while agent and organisation are active, `gate` only when the key was free
 * besides, `budget` is what the mail costs, once it was spent, and `kept` the same once its files are counted; every write
 * selects from `kept`. Where a limit refuses, `budget` or `kept` raises, which takes back the claim too. A mail without
 * files keeps none, and does not ask.
 *
 * KeyTaken when an equal request was first, LimitReached, StorageFull: they wrote nothing. @returns false when the agent or its
 * organisation is no longer active.
 */
export function acceptMail(ctx: Context, orgId: string, mail: AcceptedMail): Promise<boolean> {
  return spending(ctx.services, orgId, mail.usage.meter, () => runStatement(ctx, orgId, mail));
}

async function runStatement(ctx: Context, orgId: string, mail: AcceptedMail): Promise<boolean> {
  const values: unknown[] = [];
  const bind = ([value, type]: Parameter) => `$${values.push(value)}::${type}`;
  const row = (...parameters: Parameter[]) => parameters.map(bind).join(", ");
  const { message: m, attachments, thread, event, usage } = mail;

  if (ctx.claim) {
    const headers = { "content-type": "application/json", "x-correlation-id": mail.correlationId };
    const answer = { status: mail.answerStatus, headers, body: mail.answer };
    values.push(...claimParameters(ctx.services, ctx.claim, answer));
  }
  const sender = `sender AS (SELECT organization.tier FROM agent JOIN organization ON organization.id = agent.org_id
    WHERE agent.org_id = ${bind([orgId, "text"])} AND agent.id = ${bind([m.agentId, "text"])}
      AND agent.status = 'ACTIVE' AND organization.status = 'ACTIVE')`;
  const gate = ctx.claim
    ? `gate AS (${CLAIM_SQL} FROM sender ${CLAIM_CONFLICT} RETURNING 1)`
    : "gate AS (SELECT 1 FROM sender)";
  const spend = spendParameters({
    orgId,
    agentId: m.agentId,
    meter: usage.meter,
    units: usage.quantity,
    day: usage.day,
  });
  const budget = `budget AS (SELECT charge.* FROM gate, spend_budget(${row(...spend)}) AS charge)`;
  const kept = `kept AS (SELECT budget.*${
    mail.storedBytes === 0
      ? ""
      : `, keep_bytes(${row([orgId, "text"], [mail.storedBytes, "bigint"])}, (${row([storageLimits(ctx.services.config.plans), "jsonb"])} ->> (SELECT tier FROM sender))::bigint)`
  } FROM budget)`;
  const threads = `threads AS (${THREAD_SQL}
    SELECT ${row([orgId, "text"], [m.threadId, "text"], [m.agentId, "text"], [m.channel, "text"], [m.subject, "text"])},
      ${row([thread.participants, "text[]"])}, 1, ${row([m.createdAt, "timestamptz"], [thread.snippet, "text"], [m.direction, "text"])}
    FROM kept ${THREAD_CONFLICT})`;
  const messages = `messages AS (INSERT INTO message (org_id, event_id, id, agent_id, inbox_id, channel, direction, status,
      status_reason, from_address, "to", cc, bcc, subject, body, body_html, headers, metadata, thread_id, labels,
      external_id, in_reply_to, "references", correlation_id, created_at, updated_at)
    SELECT ${row([orgId, "text"], [event.id, "text"], [m.id, "text"], [m.agentId, "text"], [m.inboxId, "text"])},
      ${row([m.channel, "text"], [m.direction, "text"], [m.status, "text"], [m.statusReason, "text"], [m.fromAddress, "text"])},
      ${row([m.to, "text[]"], [m.cc, "text[]"], [m.bcc, "text[]"], [m.subject, "text"], [m.body, "text"])},
      ${row([m.bodyHtml, "text"], [JSON.stringify(m.headers), "jsonb"], [JSON.stringify(m.metadata), "jsonb"])},
      ${row([m.threadId, "text"], [m.labels, "text[]"], [m.externalId, "text"], [m.inReplyTo, "text"], [m.references, "text[]"])},
      ${row([m.correlationId, "text"], [m.createdAt, "timestamptz"], [m.updatedAt, "timestamptz"])}
    FROM kept)`;
  const usages = `usages AS (INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at,
      billable, micros, day)
    SELECT ${row([orgId, "text"], [event.id, "text"], [m.agentId, "text"], [usage.meter, "text"], [usage.quantity, "integer"])},
      ${row([m.id, "text"], [m.createdAt, "timestamptz"])}, billable, micros, day FROM kept)`;
  const steps = [sender, gate, budget, kept, threads, messages, usages];
  if (attachments.length > 0) {
    steps.push(`files AS (INSERT INTO attachment
      (org_id, message_id, created_at, id, filename, mime_type, size_bytes, content_id, storage_key)
    SELECT ${row([orgId, "text"], [m.id, "text"], [m.createdAt, "timestamptz"])}, file.* FROM kept,
      unnest(${row([attachments.map((a) => a.id), "text[]"], [attachments.map((a) => a.filename), "text[]"])},
        ${row([attachments.map((a) => a.mimeType), "text[]"], [attachments.map((a) => a.sizeBytes), "integer[]"])},
        ${row([attachments.map((a) => a.contentId), "text[]"], [attachments.map((a) => a.storageKey), "text[]"])}) AS file)`);
  }
  const append = appendCall(values.length + 1);
  // A delivery that nothing can carry out yet needs no job: the outbox sweep finds it when there is a relay.
  const task = deliveryTask(ctx.services, m);
  const job = m.statusReason === null ? { task, payload: { orgId, messageId: m.id } } : null;
  values.push(...appendParameters(event, job));

  const { rows } = await queryOnKept<{ active: number; accepted: number }>(ctx.services.db.pool, {
    name: `accept-mail-${ctx.claim ? "claim" : "plain"}-${attachments.length > 0 ? "files" : "bare"}-${mail.storedBytes > 0 ? "stored" : "none"}-${APPEND_PARAMETER_COUNT}`,
    text: `WITH ${steps.join(",\n")}
      SELECT (SELECT count(*)::int FROM sender) AS active, (SELECT count(*)::int FROM kept) AS accepted,
        (SELECT ${append}::text FROM kept) AS appended`,
    values,
  });
  const [outcome] = rows;
  if (outcome?.accepted === 1) return true;
  if (outcome?.active === 1) throw new KeyTaken();
  return false;
}
