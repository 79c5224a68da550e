import { issueInvoice } from "#server/domain/invoices/issue.ts";
import { storeAttachment, storeMessage, type TestAgent } from "#server/domain/messages/test-support.ts";
import { tokenOf } from "#server/domain/phone/token.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { newId } from "#server/platform/ids.ts";
import type { TestApp } from "../../support/app.ts";

/** One of everything that somebody else must not reach: its id. */
export type Victim = Record<
  | "agent"
  | "apiKey"
  | "attachment"
  | "call"
  | "consent"
  | "correlation"
  | "inbox"
  | "invoice"
  | "message"
  | "organization"
  | "request"
  | "textThread"
  | "thread",
  string
>;

/** What an agent has: an inbox, a second key, a thread with one message that has an attachment, and events. */
export async function makeVictim(app: TestApp, agent: TestAgent): Promise<Victim> {
  const issued = await app.call<{ id: string }>("POST", "/v1/api-keys", {
    key: agent.masterKey,
    body: { name: "another", agentId: agent.id },
  });
  const consent = await app.call<{ id: string }>("POST", "/v1/consents", {
    key: agent.masterKey,
    body: { phoneNumber: "+14155550142", source: "opt-in:web-form", evidence: "the form of 2026" },
  });
  const thread = newId();
  await app.runtime.db.prisma.thread.create({
    data: {
      orgId: agent.orgId,
      id: thread,
      agentId: agent.id,
      channel: "EMAIL",
      subject: "Order 4711",
      participants: [agent.email],
      messageCount: 1,
      lastMessageAt: app.clock.now(),
      lastMessageSnippet: "where is my parcel?",
      lastMessageDirection: "INBOUND",
    },
  });
  const message = await storeMessage(app, agent, { threadId: thread });
  const attachment = await storeAttachment(app, message, { filename: "a.txt", mimeType: "text/plain", content: "a" });
  const { rows } = await app.runtime.db.pool.query<{ record: string }>(
    `SELECT record FROM event WHERE org_id = $1 AND record LIKE '%"event":"agent.created"%' AND record LIKE $2`,
    [agent.orgId, `%${agent.id}%`],
  );
  const event = JSON.parse(rows[0]?.record ?? "{}");
  return {
    agent: agent.id,
    apiKey: issued.body.id,
    attachment,
    call: await placeOne(app, agent),
    consent: consent.body.id,
    correlation: event.correlationId,
    inbox: message.inboxId ?? "",
    invoice: await issueOne(app, agent.orgId),
    message: message.id,
    organization: agent.orgId,
    request: event.requestId,
    textThread: await textOne(app, agent),
    thread,
  };
}

/** A conversation by text. */
async function textOne(app: TestApp, agent: TestAgent): Promise<string> {
  const message = await storeMessage(app, agent, { channel: "SMS", fromAddress: "+13055550100", inboxId: null });
  await app.runtime.db.prisma.thread.create({
    data: {
      orgId: agent.orgId,
      id: message.threadId,
      agentId: agent.id,
      channel: "SMS",
      subject: null,
      participants: ["+13055550100"],
      messageCount: 1,
      lastMessageAt: app.clock.now(),
      lastMessageSnippet: "where is my parcel?",
      lastMessageDirection: "INBOUND",
    },
  });
  return message.threadId;
}

/** A call that runs, here and in the sandbox. */
async function placeOne(app: TestApp, { orgId, id: agentId }: TestAgent): Promise<string> {
  const { prisma } = app.runtime.db;
  const now = app.clock.now();
  const id = newId();
  const [fromNumber, toNumber] = ["+12125550200", "+13055550100"];
  const carrierId = `sbc_${id}`;
  const call = { orgId, carrierId, direction: "OUTBOUND", fromNumber, toNumber, createdAt: now, answeredAt: now };
  await prisma.sandboxCall.create({ data: { ...call, token: tokenOf(orgId, id) } });
  await prisma.call.create({
    data: {
      ...call,
      id,
      agentId,
      phoneNumberId: newId(),
      tier: "basic",
      state: "active",
      carrier: "sandbox",
      correlationId: `corr_${newId()}`,
      eventId: newId(),
      reservationId: newId(),
      maxSeconds: 600,
      startedAt: now,
      recordingUrl: "https://carrier.example/recording",
    },
  });
  const said = { speaker: "caller", text: "where is my parcel?", startMs: 0, endMs: 900, isFinal: true };
  await prisma.callSegment.create({ data: { orgId, callId: id, seq: 1, agentId, ...said, createdAt: now } });
  return id;
}

/** The invoice of a month that is long over. */
async function issueOne(app: TestApp, orgId: string): Promise<string> {
  const start = new Date("2020-01-01T00:00:00Z");
  const end = new Date("2020-02-01T00:00:00Z");
  const period = { month: "2020-01-01", firstMonth: "2020-01-01", start, end, monthStart: start };
  const statement = { lines: [], totalMicros: 10_000n, totalCents: 1 };
  const id = newId();
  await openTransaction(app.runtime, (tx) =>
    issueInvoice(app.runtime, tx, { orgId, id, period, timeZone: "UTC", statement }),
  );
  return id;
}

/** Everything that the database holds of an organisation, but for the numbering of its events, which goes on by itself. */
export async function dumpOrganisation(app: TestApp, orgId: string): Promise<string[]> {
  const { pool } = app.runtime.db;
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = 'public' AND c.column_name = 'org_id' AND t.table_type = 'BASE TABLE'
        AND c.table_name NOT LIKE 'event_%' ORDER BY 1`,
  );
  const dumps = await Promise.all(
    tables.map(({ name }) =>
      pool.query<{ row: string }>(`SELECT '${name} ' || to_jsonb(t)::text AS row FROM ${name} t WHERE org_id = $1`, [
        orgId,
      ]),
    ),
  );
  return dumps.flatMap(({ rows }) => rows.map(({ row }) => row)).sort();
}
