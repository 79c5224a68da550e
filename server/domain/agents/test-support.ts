import { type EventView, listEvents } from "#server/audit/list.ts";
import type { EventFilter } from "#server/audit/select.ts";
import type { Answer, TestApp } from "../../../test/support/app.ts";
import { codeOf } from "./verification-code.ts";

/** What the organisation's log holds, newest first. */
export async function eventsOf(app: TestApp, orgId: string, filter: EventFilter = {}): Promise<EventView[]> {
  const { items } = await listEvents(app.runtime.db.pool, orgId, filter, { limit: 100, order: "desc" });
  return items;
}

export type SignedUpBody = {
  agent_id: string;
  organization_id: string;
  inbox_id: string;
  api_key: string;
  auth_type: string;
  vault_id: null;
  code: string;
  details: { field?: string; suggestions?: string[]; retryAfter?: number };
};

let serial = 0;

/** An agent signs itself up, with names that nobody else has unless they are given. */
export function signUp(app: TestApp, fields: Record<string, unknown> = {}): Promise<Answer<SignedUpBody>> {
  serial++;
  const body = { human_email: `human-${serial}@people.test`, username: `walker-${serial}`, ...fields };
  return app.call<SignedUpBody>("POST", "/v1/agent/sign-up", { body });
}

/** The challenges of an agent with their codes, oldest first. Only the server's key knows a code. */
export async function challengesOf(app: TestApp, agentId: string) {
  const rows = await app.runtime.db.prisma.verificationChallenge.findMany({
    where: { agentId },
    orderBy: { id: "asc" },
  });
  return rows.map((row) => ({ ...row, code: codeOf(app.runtime.rootKey, row.id) }));
}

/** The jobs of a task that wait on the queue, as the worker will find them. */
export async function jobsOf(app: TestApp, task: string): Promise<{ payload: unknown; maxAttempts: number }[]> {
  const { rows } = await app.runtime.db.pool.query<{ payload: unknown; maxAttempts: number }>(
    `SELECT j.payload, j.max_attempts AS "maxAttempts" FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = $1 ORDER BY j.id`,
    [task],
  );
  return rows;
}
