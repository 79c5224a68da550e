import type { ServerProcess } from "../../support/server-process.ts";

export const MASTER_KEY = `mk_${"systemtest".repeat(4)}`;

/** The environment that makes an organisation without narrow limits, at the first start. */
export const INIT_ENV = { INIT_ORG_NAME: "System test", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "ENTERPRISE" };

export type Agent = { id: string; key: string; email: string };

export async function createAgent(server: ServerProcess, name: string): Promise<Agent> {
  const { status, body } = await server.call<{ id: string; apiKey: string }>("POST", "/v1/agents", {
    key: MASTER_KEY,
    body: { name, email: `${name}@agents.test` },
  });
  if (status !== 201) throw new Error(`The agent was not made: ${status} ${JSON.stringify(body)}`);
  return { id: body.id, key: body.apiKey, email: `${name}@agents.test` };
}

export type MessageView = {
  id: string;
  status: string;
  statusReason: string | null;
  direction: string;
  subject: string;
  body: string;
  threadId: string;
  correlationId: string;
  externalId: string;
  extractedText: string | null;
};

/** All messages that a key sees, page by page. */
export async function allMessages(server: ServerProcess, key: string, filter = ""): Promise<MessageView[]> {
  const messages: MessageView[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await server.call<{ items: MessageView[]; pagination: { nextCursor: string | null } }>(
      "GET",
      `/v1/email?limit=100${filter}${next}`,
      { key },
    );
    messages.push(...body.items);
    cursor = body.pagination.nextCursor;
  } while (cursor !== null);
  return messages;
}
