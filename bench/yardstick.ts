import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";
import { newId } from "#server/platform/ids.ts";

/**
 * The yardstick: a bare Node server that does for a mail what cannot be left out, the same rows in one statement, and
 * nothing else: no keys, limits, validation, canonical records or answers to replay.
 *
 *   node bench/yardstick.ts <database url> <port> [add_job]
 *
 * With add_job the statement also queues the delivery job itself, instead of leaving it to the sequencer.
 */
const [url, port, withJob] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 16 });

const ROWS = `WITH thread_row AS (INSERT INTO thread (org_id, id, agent_id, channel, subject, participants, message_count,
    last_message_at, last_message_snippet, last_message_direction)
    VALUES ($1, $2, $3, 'EMAIL', $4, ARRAY[$5, $6], 1, $7, $8, 'OUTBOUND')),
  message_row AS (INSERT INTO message (org_id, id, agent_id, inbox_id, channel, direction, status, from_address, "to", cc, bcc,
    subject, body, thread_id, labels, external_id, "references", correlation_id, event_id, created_at, updated_at)
    VALUES ($1, $9, $3, $3, 'EMAIL', 'OUTBOUND', 'QUEUED', $5, ARRAY[$6], '{}', '{}', $4, $8, $2, '{read}', $10, '{}', $11, $12,
      $7, $7)),
  usage_row AS (INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at)
    VALUES ($1, $13, $3, 'email_sent', 1, $9, $7)),
  event_row AS (INSERT INTO event (org_id, id, ts, record) VALUES ($1, $12, $7, $14)),
  private_row AS (INSERT INTO event_private (org_id, event_id, ts, salt, data) VALUES ($1, $12, $7, $15, $16))
  INSERT INTO event_pending (org_id, event_id, ts) VALUES ($1, $12, $7)`;
const statement =
  withJob === "add_job"
    ? `WITH queued AS MATERIALIZED (SELECT graphile_worker.add_job('bench', '{}'))
  ${ROWS.replace(/^WITH /, ", ").replace("VALUES ($1, $12, $7)", "SELECT $1, $12, $7 FROM queued")}`
    : ROWS;

createServer((request, response) => {
  if (request.method === "GET") return response.end("ready");
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", async () => {
    const mail = JSON.parse(Buffer.concat(chunks).toString()) as {
      orgId: string;
      agentId: string;
      to: string;
      subject: string;
      body: string;
    };
    const now = new Date();
    const [threadId, id, eventId, usageId] = [newId(), newId(), newId(), newId()];
    const personal = JSON.stringify({
      detail: `to ${mail.to}: ${mail.subject}`,
      from: "bench@agents.localhost",
      to: [mail.to],
      subject: mail.subject,
    });
    const salt = randomBytes(16);
    const record = JSON.stringify({
      v: 1,
      id: eventId,
      orgId: mail.orgId,
      ts: now,
      channel: "email",
      event: "email.queued",
      direction: "OUTBOUND",
      result: "SUCCESS",
      agentId: mail.agentId,
      actorType: "AGENT",
      actorId: mail.agentId,
      resourceType: "message",
      resourceId: id,
      parentId: null,
      requestId: id,
      correlationId: id,
      data: { recipients: 1, attachments: 0 },
      private: createHash("sha256").update(salt).update(personal).digest("hex"),
    });
    await pool.query({
      name: "yardstick",
      text: statement,
      values: [
        mail.orgId,
        threadId,
        mail.agentId,
        mail.subject,
        "bench@agents.localhost",
        mail.to,
        now,
        mail.body,
        id,
        `${id}@agents.localhost`,
        id,
        eventId,
        usageId,
        record,
        salt,
        personal,
      ],
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id, status: "QUEUED", ...mail }));
  });
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("listening\n"));
