import { storeAttachment, storeMessage, type TestAgent } from "#server/domain/messages/test-support.ts";
import { newId } from "#server/platform/ids.ts";
import type { TestApp } from "../../support/app.ts";

/** One of everything that somebody else must not reach: its id. */
export type Victim = Record<
  "agent" | "apiKey" | "attachment" | "correlation" | "inbox" | "message" | "organization" | "request" | "thread",
  string
>;

/** What an agent has: an inbox, a second key, a thread with one message that has an attachment, and events. */
export async function makeVictim(app: TestApp, agent: TestAgent): Promise<Victim> {
  const issued = await app.call<{ id: string }>("POST", "/v1/api-keys", {
    key: agent.masterKey,
    body: { name: "another", agentId: agent.id },
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
    correlation: event.correlationId,
    inbox: message.inboxId ?? "",
    message: message.id,
    organization: agent.orgId,
    request: event.requestId,
    thread,
  };
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
