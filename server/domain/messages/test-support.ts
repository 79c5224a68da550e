import { ulid } from "ulid";
import type { Message, Prisma } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { TestApp } from "../../../test/support/app.ts";
import { issueKey } from "../api-keys/issue.ts";
import type { Scope } from "../scopes.ts";
import { openTransaction } from "../transaction.ts";

export type TestAgent = { orgId: string; masterKey: string; id: string; key: string; email: string };

/** An agent in an organisation of its own, or in that of another one. */
export async function makeAgent(app: TestApp, colleague?: TestAgent): Promise<TestAgent> {
  const { orgId, masterKey } = colleague ?? (await app.organisation());
  return { orgId, masterKey, ...(await app.agent(masterKey)) };
}

/** Another key of an agent, with these scopes alone. */
export async function keyWithScopes(app: TestApp, agent: TestAgent, scopes: Scope[]): Promise<string> {
  const issued = await openTransaction(app.runtime, (tx) =>
    issueKey(app.runtime, tx, {
      orgId: agent.orgId,
      kind: "AGENT",
      agentId: agent.id,
      name: scopes.join(" "),
      scopes,
      isPrimary: false,
      expiresAt: null,
    }),
  );
  return issued.key;
}

/** Stores a mail to the agent as it stands after its arrival; `fields` says what is different about this one. */
export async function storeMessage(
  app: TestApp,
  agent: TestAgent,
  fields: Partial<Prisma.MessageCreateInput> = {},
): Promise<Message> {
  const at = (fields.createdAt ?? app.clock.now()) as Date;
  const inbox = await app.runtime.db.prisma.inbox.findFirst({ where: { orgId: agent.orgId, agentId: agent.id } });
  const isBackdated = fields.createdAt !== undefined;
  return app.runtime.db.prisma.message.create({
    data: {
      orgId: agent.orgId,
      id: isBackdated ? ulid(at.getTime()) : newId(),
      agentId: agent.id,
      inboxId: inbox?.id ?? null,
      channel: "EMAIL",
      direction: "INBOUND",
      status: "DELIVERED",
      fromAddress: "alice@example.com",
      to: [agent.email],
      cc: [],
      bcc: [],
      subject: "Order 4711",
      body: "Hello,\n\nwhere is my parcel?\n\nAlice",
      threadId: newId(),
      labels: ["unread"],
      externalId: `${newId()}@example.com`,
      references: [],
      correlationId: `corr_${newId()}`,
      eventId: newId(),
      receivedAt: at,
      createdAt: at,
      updatedAt: at,
      ...fields,
    },
  });
}

/** Stores an attachment of a message, with its bytes. @returns its id */
export async function storeAttachment(
  app: TestApp,
  message: Message,
  file: { filename: string; mimeType: string; content: string | Buffer },
): Promise<string> {
  const id = newId();
  const bytes = Buffer.from(file.content);
  const storageKey = `${message.orgId}/${message.id}/${id}`;
  await app.runtime.blobs.put(storageKey, bytes);
  await app.runtime.db.prisma.attachment.create({
    data: {
      orgId: message.orgId,
      id,
      messageId: message.id,
      filename: file.filename,
      mimeType: file.mimeType,
      sizeBytes: bytes.length,
      storageKey,
      createdAt: message.createdAt,
    },
  });
  return id;
}
