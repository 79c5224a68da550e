import { type EventView, listEvents } from "#server/audit/list.ts";
import type { Transaction } from "#server/platform/database.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { decodeCursor, encodeCursor, type Page, PageInput } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import type { CapSettings } from "./settings.ts";

/** A change of a cap, with who made it. */
export type CapChange = {
  id: string;
  seq: number;
  at: string;
  /** null: the organisation's cap. */
  agentId: string | null;
  agentName: string | null;
  actor: { type: string; id: string; name: string | null };
  before: CapSettings;
  after: CapSettings;
};

/** Changes of caps from the event log, the newest first: of the organisation and all agents, or of one agent. */
export const listCapChanges = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: PageInput.extend({ agentId: id.optional() }),
  run: async (ctx, input): Promise<Page<CapChange>> => {
    const orgId = orgOf(ctx);
    const cursor = decodeCursor(input.cursor, /^\d{1,16}$/);
    const filter = {
      channel: "billing",
      event: "billing.cap.changed",
      result: "SUCCESS",
      agentId: resolveAgentId(ctx, input.agentId),
    };
    const page = { limit: input.limit, cursor: cursor === undefined ? undefined : Number(cursor) };
    const { items, nextCursor } = await listEvents(ctx.services.db.pool, orgId, filter, page);
    const db = reader(ctx);
    const [actors, agents] = await Promise.all([actorNames(db, orgId, items), agentNames(db, orgId, items)]);
    return {
      items: items.map((event) => toChange(event, actors, agents)),
      pagination: {
        nextCursor: nextCursor === null ? null : encodeCursor(String(nextCursor)),
        hasMore: nextCursor !== null,
      },
    };
  },
});

function toChange(event: EventView, actors: Map<string, string>, agents: Map<string, string>): CapChange {
  const { before, after } = event.data as unknown as Pick<CapChange, "before" | "after">;
  return {
    id: event.id,
    seq: event.seq,
    at: event.ts,
    agentId: event.agentId,
    agentName: event.agentId === null ? null : (agents.get(event.agentId) ?? null),
    actor: { type: event.actorType, id: event.actorId, name: actors.get(event.actorId) ?? null },
    before,
    after,
  };
}

async function agentNames(db: Transaction, orgId: string, events: EventView[]): Promise<Map<string, string>> {
  const ids = events.flatMap(({ agentId }) => agentId ?? []);
  const rows = await db.agent.findMany({ where: { orgId, id: { in: ids } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Names of keys and of members. Somebody who was removed since, and who came in with the master key, has none. */
async function actorNames(db: Transaction, orgId: string, events: EventView[]): Promise<Map<string, string>> {
  const ids = [...new Set(events.map(({ actorId }) => actorId))];
  const where = { orgId, id: { in: ids } };
  const [keys, members] = await Promise.all([
    db.apiKey.findMany({ where, select: { id: true, name: true } }),
    db.member.findMany({ where, select: { id: true, personId: true } }),
  ]);
  const people = await db.person.findMany({
    where: { id: { in: members.map(({ personId }) => personId) } },
    select: { id: true, name: true, email: true },
  });
  const named = members.flatMap(({ id, personId }) => {
    const person = people.find((each) => each.id === personId);
    return person ? [[id, person.name ?? person.email] as const] : [];
  });
  return new Map([...keys.map(({ id, name }) => [id, name] as const), ...named]);
}
