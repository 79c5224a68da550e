import { z } from "zod";
import { logSize } from "#server/audit/list.ts";
import { sequencePending } from "#server/audit/sequencer.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Member, Message as MessageRow } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { viewAgents } from "../agents/view.ts";
import { viewApiKeys } from "../api-keys/view.ts";
import { masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { readAll } from "../events/export.ts";
import { toInbox } from "../inboxes/schemas.ts";
import { viewInvoices } from "../invoices/get.ts";
import { presentMessages } from "../messages/page.ts";
import { READ_BYTES, STORED_BYTES } from "../messages/stored-bytes.ts";
import { toThread } from "../threads/schemas.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { type Item, pages } from "./export-pages.ts";
import { readTelephone } from "./export-telephone.ts";
import { toOrganization } from "./schemas.ts";

const BATCH = 500;
const byId = (row: { id: string }) => row.id;

/**
 * Everything that the organisation has, but no secret, no hash of one, and no bytes of attachments: what was there at the
 * time of the call. That it was exported is an event, which is among them.
 */
export const exportOrganization = verb({
  access: masterKey(null),
  input: z.object({}),
  run: async (ctx): Promise<AsyncGenerator<Item[]>> => {
    const orgId = orgOf(ctx);
    await inTransaction(ctx, (tx) =>
      emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "org",
        event: "org.data.exported",
        result: "SUCCESS",
        resourceType: "organization",
        resourceId: orgId,
      }),
    );
    await sequencePending(ctx.services.db.pool, orgId);
    return readEverything(ctx, newId(), await logSize(ctx.services.db.pool, orgId));
  },
});

/** @param newest ids are made in the order of time: what has a greater one is newer than the export */
async function* readEverything(ctx: Context, newest: string, size: number): AsyncGenerator<Item[]> {
  const { prisma } = ctx.services.db;
  const { config } = ctx.services;
  const orgId = orgOf(ctx);
  const page = (after: string) => ({
    where: { orgId, id: { gt: after, lte: newest } },
    orderBy: { id: "asc" as const },
    take: BATCH,
  });

  const organization = await prisma.organization.findUniqueOrThrow({ where: { id: orgId } });
  yield [{ type: "organization", data: toOrganization(organization) }];
  yield* pages(
    "member",
    byId,
    (after) => prisma.member.findMany(page(after)),
    (rows) => nameMembers(prisma, rows),
  );
  yield* pages(
    "agent",
    byId,
    (after) => prisma.agent.findMany(page(after)),
    (rows) => viewAgents(prisma, config, orgId, rows),
  );
  yield* pages(
    "api_key",
    byId,
    (after) => prisma.apiKey.findMany(page(after)),
    (rows) => viewApiKeys(prisma, orgId, rows),
  );
  yield* pages(
    "inbox",
    byId,
    (after) => prisma.inbox.findMany(page(after)),
    (rows) => rows.map(toInbox),
  );
  yield* pages(
    "thread",
    byId,
    (after) => prisma.thread.findMany(page(after)),
    (rows) => rows.map(toThread),
  );
  yield* pages(
    "message",
    byId,
    (after) => readMessages(ctx, after, newest),
    (rows) => presentMessages(ctx, rows),
  );
  yield* pages(
    "usage",
    byId,
    (after) => prisma.usageRecord.findMany(page(after)),
    (rows) => rows.map(({ orgId: _, ...usage }) => usage),
  );
  yield* pages(
    "invoice",
    byId,
    (after) => prisma.invoice.findMany(page(after)),
    (rows) => viewInvoices(ctx.services, prisma, rows),
  );
  yield* readTelephone(ctx.services, orgId, newest);
  for await (const events of readAll(ctx, { beforeSeq: size }, "asc")) {
    yield events.map((data) => ({ type: "event", data }));
  }
}

async function nameMembers(prisma: Transaction, rows: Member[]): Promise<object[]> {
  const people = await prisma.person.findMany({ where: { id: { in: rows.map((row) => row.personId) } } });
  const personOf = new Map(people.map((person) => [person.id, person]));
  return rows.map(({ id, personId, role, createdAt }) => {
    const { email = null, name = null } = personOf.get(personId) ?? {};
    return { id, email, name, role, joinedAt: createdAt.toISOString() };
  });
}

/** The next messages, as many as do not need too much memory, and at least one. */
async function readMessages(ctx: Context, after: string, newest: string): Promise<MessageRow[]> {
  const { pool, prisma } = ctx.services.db;
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM (
      SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
        SELECT id, ${STORED_BYTES} AS bytes FROM message
        WHERE org_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT ${BATCH}
      ) next
    ) sized WHERE before < $4`,
    [orgOf(ctx), after, newest, READ_BYTES],
  );
  const id = { in: rows.map((row) => row.id) };
  return prisma.message.findMany({ where: { orgId: orgOf(ctx), id }, orderBy: { id: "asc" } });
}

/** The text of the file: JSON Lines. The last line says that it has everything; without it, it was cut. */
export async function* writeOrganization(batches: AsyncGenerator<Item[]>): AsyncGenerator<string> {
  let items = 0;
  for await (const batch of batches) {
    items += batch.length;
    yield batch.map((item) => `${JSON.stringify(item)}\n`).join("");
  }
  yield `${JSON.stringify({ complete: true, items })}\n`;
}
