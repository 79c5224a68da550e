import { masterKey } from "../authorise.ts";
import { listCalls } from "../calls/list.ts";
import type { Call } from "../calls/schemas.ts";
import { orgOf } from "../context.ts";
import type { Page } from "../pagination.ts";
import { verb } from "../verb.ts";
import { costsOf } from "./costs.ts";

/** A line of the list: the call, and what it has cost so far, in micro-units of the currency. */
export type CallLine = Call & { costMicros: number };

const { direction: way } = listCalls.input.shape;

/**
 * Calls as the console lists them, newest first: what listCalls answers, with what each has cost. `way` is the direction
 * of a call: a list that is read page by page is told by tRPC in which direction it is read, under that name.
 */
export const listCallLog = verb({
  access: masterKey("voice:read"),
  effect: "read",
  input: listCalls.input.omit({ offset: true, direction: true }).extend({ way }),
  run: async (ctx, { way: direction, ...filter }): Promise<Page<CallLine>> => {
    const { calls, pagination } = await listCalls(ctx, { ...filter, direction });
    const ids = calls.map(({ id }) => id);
    const costs = await costsOf(ctx.services.db.pool, orgOf(ctx), ids);
    return { items: calls.map((call) => ({ ...call, costMicros: costs.get(call.id) ?? 0 })), pagination };
  },
});
