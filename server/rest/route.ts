import type { Context as HonoContext } from "hono";
import type { z } from "zod";
import type { Access } from "#server/domain/authorise.ts";
import type { Context } from "#server/domain/context.ts";
import type { Effect } from "#server/domain/members/roles.ts";
import type { Verb } from "#server/domain/verb.ts";
import type { RestEnv, RestServices } from "./environment.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/**
 * One endpoint: routing, authorisation, validation, documentation and tests are all made from it.
 * The verb's input is the query, the body and the path's parameters in one object; the path wins, then the body.
 */
export type RouteDefinition = {
  method: Method;
  /** Below /v1, with {parameters}. */
  path: string;
  tag: string;
  summary: string;
  access: Access;
  effect: Effect;
  input: z.ZodType;
  response: z.ZodType;
  /** The status of a success. */
  status: number;
  /**
   * How a write meets its Idempotency-Key: `transaction` opens one around the verb; `statement` leaves it to the verb,
   * whose one statement claims the key; `none` for reads and for what has no effect.
   */
  idempotency: "transaction" | "statement" | "none";
  run: (ctx: Context, input: Record<string, unknown>) => Promise<unknown>;
  /** Where the input is not query, body and path: makes it. */
  read?: (c: HonoContext<RestEnv>) => Promise<Record<string, unknown>>;
  /** Where the answer is not JSON: makes it from what `run` returned. */
  respond?: (c: HonoContext<RestEnv>, output: unknown, services: RestServices) => Response | Promise<Response>;
  /** The media type of the answer, where it is not JSON. */
  mediaType?: string;
  /**
   * How a request shows whom it comes from. `signature`: by a signature over it, which the verb checks before anything
   * else; then only refused requests count against the limits of their address (see rateLimit), since a provider sends
   * all of its own from a few.
   */
  authentication: "key" | "signature";
};

/** Defines an endpoint on a verb. */
export function route<Input extends z.ZodType, Answer extends z.ZodType, Output extends z.input<Answer>>(
  method: Method,
  path: string,
  verb: Verb<Input, Output>,
  options: {
    tag: string;
    summary: string;
    /** The form of the answer; z.unknown() where `respond` makes something else than JSON. */
    response: Answer;
    status?: number;
    idempotency?: RouteDefinition["idempotency"];
    respond?: (c: HonoContext<RestEnv>, output: Output, services: RestServices) => Response | Promise<Response>;
    mediaType?: string;
    read?: RouteDefinition["read"];
    authentication?: RouteDefinition["authentication"];
  },
): RouteDefinition {
  const { respond, mediaType, read } = options;
  return {
    method,
    path,
    tag: options.tag,
    summary: options.summary,
    access: verb.access,
    effect: verb.effect,
    input: verb.input,
    response: options.response,
    status: options.status ?? 200,
    idempotency: options.idempotency ?? (method === "get" ? "none" : "transaction"),
    authentication: options.authentication ?? "key",
    // The verb validates; until then the input is whatever the client sent.
    run: (ctx, input) => verb(ctx, input as z.input<Input>),
    ...(respond ? { respond: (c, output, services) => respond(c, output as Output, services) } : {}),
    ...(mediaType ? { mediaType } : {}),
    ...(read ? { read } : {}),
  };
}

/** Finds the endpoints that a path reaches, whatever the method. */
export function endpointsByPath(definitions: readonly RouteDefinition[]): (path: string) => RouteDefinition[] {
  const patterns = definitions.map((route) => ({
    route,
    pattern: new RegExp(`^/v1${route.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  }));
  return (path) => patterns.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route);
}

/** `/agents/{id}` -> `/v1/agents/:id` */
export function honoPath(path: string): string {
  return `/v1${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
}
