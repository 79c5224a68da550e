import type { Handler, Context as HonoContext } from "hono";
import { answer } from "./answer.ts";
import { readJson } from "./body.ts";
import type { RestEnv, RestServices } from "./environment.ts";
import { checkCorrelationId } from "./middleware/ids.ts";
import { parseQuery, refuseBadEscapes } from "./query.ts";
import type { RouteDefinition } from "./route.ts";
import { refuseUnstorable } from "./strict-json.ts";

/** The end of the pipeline: gathers the input, calls the verb (which validates), answers. */
export function handle(route: RouteDefinition, services: RestServices): Handler<RestEnv> {
  return async (c) => {
    const { ctx } = c.var;
    const { pathname, search } = new URL(c.req.url);
    refuseBadEscapes(pathname, "path");
    if (route.read) return respond(c, route, services, await route.run(ctx, await route.read(c)));
    const query = parseQuery(search);
    const body = route.method === "get" ? {} : await readJson(c);
    const params = c.req.param() as Record<string, string>;
    refuseUnstorable(params);
    if (!ctx.correlationGiven) {
      const named = correlationIn(body);
      if (named !== undefined) {
        ctx.correlationId = checkCorrelationId(named.field, named.value);
        ctx.correlationGiven = true;
      }
    }
    return respond(c, route, services, await route.run(ctx, { ...query, ...body, ...params }));
  };
}

async function respond(c: HonoContext<RestEnv>, route: RouteDefinition, services: RestServices, output: unknown) {
  if (!route.respond) return answer(c, JSON.stringify(output), route.status, { "content-type": "application/json" });
  const { body: content, status, headers } = await route.respond(c, output, services);
  // Nobody will read it: what it reads from (a file, the log) would stay open.
  if (c.req.method === "HEAD") await content?.cancel();
  return answer(c, c.req.method === "HEAD" ? null : content, status, Object.fromEntries(headers));
}

/** The correlation id that a body may carry, in the forms that clients use. */
function correlationIn(body: Record<string, unknown>): { field: string; value: string } | undefined {
  const { metadata } = body;
  const candidates: [string, unknown][] = [
    ["correlationId", body.correlationId],
    ["correlation_id", body.correlation_id],
    ["metadata.correlation_id", (metadata as Record<string, unknown> | null | undefined)?.correlation_id],
  ];
  for (const [field, value] of candidates) if (typeof value === "string") return { field, value };
  return undefined;
}
