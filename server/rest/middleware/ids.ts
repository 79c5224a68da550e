import { createMiddleware } from "hono/factory";
import { invalidField } from "#server/domain/errors.ts";
import { newId } from "#server/platform/ids.ts";
import { withLogScope } from "#server/platform/log.ts";
import { clientAddress } from "../client-address.ts";
import type { RestEnv, RestServices } from "../environment.ts";

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** The form of a correlation id, wherever it comes from. VALIDATION_ERROR naming the field. */
export function checkCorrelationId(field: string, value: string): string {
  if (!CORRELATION_ID.test(value))
    throw invalidField(field, "must be 1 to 128 printable ASCII characters without spaces.");
  return value;
}

/** Request id, correlation id and log scope; both ids go out on every answer (see answer.ts). */
export function ids(services: RestServices) {
  return createMiddleware<RestEnv>(async (c, next) => {
    const requestId = `req_${newId()}`;
    const address = clientAddress(
      c.env?.incoming?.socket.remoteAddress,
      c.req.header("x-forwarded-for"),
      services.config.trustedProxies,
    );
    const given = c.req.header("x-correlation-id");
    const usable = given !== undefined && CORRELATION_ID.test(given);
    const correlationId = usable ? given : `corr_${newId()}`;
    c.set("requestId", requestId);
    c.set("clientAddress", address);
    c.set("ctx", {
      services,
      principal: { kind: "anonymous", address },
      requestId,
      clientAddress: address,
      correlationId,
      correlationGiven: usable,
    });
    await withLogScope({ requestId, correlationId }, next);
  });
}

/** Refuses a correlation id header that cannot be kept. */
export const correlationHeader = createMiddleware<RestEnv>(async (c, next) => {
  const given = c.req.header("x-correlation-id");
  if (given !== undefined) checkCorrelationId("x-correlation-id", given);
  await next();
});
