import type { Context as HonoContext } from "hono";
import { z } from "zod";
import { receiveCallback } from "#server/domain/phone/receive-callback.ts";
import { readBody } from "../body.ts";
import type { RestEnv } from "../environment.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Carriers";

function callback(carrier: "twilio" | "telnyx", summary: string, mediaType: string): RouteDefinition {
  return route("post", `/carriers/${carrier}`, receiveCallback, {
    tag,
    summary,
    response: z.unknown(),
    mediaType,
    idempotency: "none",
    authentication: "signature",
    read: async (c) => ({
      carrier,
      url: addressOf(c),
      headers: c.req.header(),
      body: (await readBody(c)).toString(),
    }),
    respond: (_c, { status, contentType, body }) =>
      new Response(status === 204 ? null : body, { status, headers: { "content-type": contentType } }),
  });
}

/** Behind a proxy a request arrives at another address than the one that the carrier called and signed. */
function addressOf(c: HonoContext<RestEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return `${c.var.ctx.services.config.publicUrl}${pathname}${search}`;
}

export const carrierRoutes: RouteDefinition[] = [
  callback("twilio", "Where Twilio tells of calls and messages; needs its signature", "text/xml"),
  callback("telnyx", "Where Telnyx tells of calls and messages; needs its signature", "application/json"),
];
