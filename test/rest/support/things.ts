import { z } from "zod";
import { anyKey, anyone } from "#server/domain/authorise.ts";
import { type Context, eventBase, orgOf } from "#server/domain/context.ts";
import { DomainError } from "#server/domain/errors.ts";
import { listOf } from "#server/domain/fields.ts";
import { emit, inTransaction } from "#server/domain/transaction.ts";
import { verb } from "#server/domain/verb.ts";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { createRestApp } from "#server/rest/app.ts";
import { type RouteDefinition, route } from "#server/rest/route.ts";
import type { Runtime } from "#server/runtime.ts";
import { type Answer, type CallOptions, startTestApp, type TestApp } from "../../support/app.ts";

/** Endpoints that show what the pipeline does: each write of one is one event `org.thing.made` of the organisation. */

const Thing = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.array(z.string()),
  note: z.unknown(),
  correlationId: z.string(),
});

const ThingInput = z.object({
  id: z.string().optional(),
  name: z.string().max(100).default("thing"),
  tags: listOf(z.string(), 50).default([]),
  note: z.unknown().optional(),
  /** How the call ends, after it has written. */
  end: z.enum(["well", "refused", "denied", "broken"]).default("well"),
  /** How many times to write, and whose organisation it is where the caller has none. */
  orgId: z.string().optional(),
});

type Hook = (ctx: Context, tx: Transaction) => Promise<void>;
type Fetch = (request: Request, peer?: string) => Promise<Response>;

export type Things = {
  app: TestApp;
  /** One call to the endpoints of things. */
  call<Body = Record<string, unknown>>(method: string, path: string, options?: RawCall): Promise<Answer<Body>>;
  fetch: Fetch;
  /** How many things were made, and how many answers are stored: zero of both where nothing was written. */
  written(): Promise<{ things: number; answers: number }>;
  /** How many refusals stand on the log. */
  denials(): Promise<number>;
  /** What a call does after it has written and before it answers. */
  beforeAnswer(hook: Hook | undefined): void;
  /** The same endpoints in another runtime. */
  on(runtime: Runtime): Things["call"];
  close(): Promise<void>;
};

export type RawCall = Omit<CallOptions, "body"> & {
  body?: unknown;
  /** The body as it stands. */
  raw?: BodyInit;
  /** The address at the other end of the socket. */
  peer?: string;
};

/** The endpoints of things on a server without sockets, on a database of its own. */
export async function startThings(env: Record<string, string> = {}): Promise<Things> {
  const app = await startTestApp(env);
  let hook: Hook | undefined;
  const definitions = thingRoutes(async (ctx, tx) => hook?.(ctx, tx));
  const serve = (runtime: Runtime): Fetch => {
    const rest = createRestApp(runtime, definitions);
    return async (request, peer) => rest.fetch(request, { incoming: { socket: { remoteAddress: peer } } });
  };
  const fetch = serve(app.runtime);
  const count = async (sql: string) => Number((await app.runtime.db.pool.query(sql)).rows[0].count);
  return {
    app,
    fetch,
    call: caller(fetch),
    written: async () => ({
      things: await count("SELECT count(*) FROM event WHERE record LIKE '%org.thing.made%'"),
      answers: await count("SELECT count(*) FROM idempotency_record"),
    }),
    denials: () => count(`SELECT count(*) FROM event WHERE record LIKE '%"result":"DENIED"%'`),
    beforeAnswer: (next) => {
      hook = next;
    },
    on: (runtime) => caller(serve(runtime)),
    close: () => app.close(),
  };
}

/** Calls a handler as a client would. */
export function caller(fetch: Fetch): Things["call"] {
  return async <Body>(method: string, path: string, options: RawCall = {}) => {
    const headers = new Headers(options.headers);
    if (options.key) headers.set("authorization", `Bearer ${options.key}`);
    if (options.idempotencyKey !== undefined) headers.set("idempotency-key", options.idempotencyKey);
    if (options.correlationId) headers.set("x-correlation-id", options.correlationId);
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    const stream = body instanceof ReadableStream ? { duplex: "half" } : {};
    const response = await fetch(
      new Request(`http://anima.test${path}`, { method, headers, ...(body === undefined ? {} : { body, ...stream }) }),
      options.peer,
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Body };
  };
}

function thingRoutes(beforeAnswer: Hook): RouteDefinition[] {
  const write = async (ctx: Context, input: z.output<typeof ThingInput>, orgId: string) =>
    inTransaction(ctx, async (tx) => {
      const id = input.id ?? newId();
      const made = { ...eventBase(ctx), orgId, channel: "org", event: "org.thing.made", result: "SUCCESS" } as const;
      await emit(ctx.services, tx, made);
      await beforeAnswer(ctx, tx);
      const denied = { ...made, event: "org.thing.refused", result: "DENIED" } as const;
      if (input.end === "refused") throw new DomainError("CONFLICT", "There is one already.", { details: { id } });
      if (input.end === "denied") throw new DomainError("FORBIDDEN", "Not this one.", { denied });
      if (input.end === "broken") throw new Error("broken");
      return { id, name: input.name, tags: input.tags, note: input.note ?? null, correlationId: ctx.correlationId };
    });
  const access = anyKey("agents:write");
  const keyed = verb({ access, input: ThingInput, run: (ctx, input) => write(ctx, input, orgOf(ctx)) });
  const open = verb({
    access: anyone,
    input: ThingInput,
    run: (ctx, input) => write(ctx, input, input.orgId ?? "none"),
  });
  const read = verb({
    access,
    input: z.looseObject({ id: z.string().optional() }),
    run: async (_ctx, input) => input,
  });
  const options = { tag: "Things", summary: "Things", response: Thing };
  const echo = { ...options, response: z.looseObject({}) };
  return [
    route("get", "/things", read, echo),
    route("get", "/things/{id}", read, echo),
    route("post", "/things", keyed, { ...options, status: 201 }),
    route("put", "/things/{id}", keyed, options),
    route("patch", "/things/{id}", keyed, options),
    route("delete", "/things/{id}", keyed, options),
    route("post", "/open-things", open, { ...options, status: 201 }),
    route("post", "/other.things", keyed, options),
  ];
}
