import { findSession, type Session } from "#server/domain/console/sessions.ts";
import type { Context } from "#server/domain/context.ts";
import { newId } from "#server/platform/ids.ts";
import { clientAddress } from "#server/rest/client-address.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { readSessionCookie, sessionCookie } from "./cookie.ts";
import { isSameOrigin } from "./same-origin.ts";

/** What the procedures know of the HTTP request that they are part of. */
export type TrpcContext = {
  services: RestServices;
  requestId: string;
  address: string;
  userAgent: string | null;
  session: Session | null;
  sameOrigin: boolean;
  /** Gives the browser a session; null takes it away. */
  setSession(token: string | null): void;
};

/**
 * Reads a request once, however many calls are batched in it.
 *
 * @param responseHeaders where cookies go; a page that only reads has none
 * @param peer the address of the other end of the socket, where it is known
 */
export async function createContext(
  services: RestServices,
  headers: Headers,
  responseHeaders: Headers | null,
  peer: string | undefined,
): Promise<TrpcContext> {
  const { config } = services;
  return {
    services,
    requestId: `req_${newId()}`,
    address: clientAddress(peer, headers.get("x-forwarded-for") ?? undefined, config.trustedProxies),
    userAgent: headers.get("user-agent"),
    session: await findSession(services, readSessionCookie(headers.get("cookie"), config), true),
    sameOrigin: isSameOrigin(headers, config.publicUrl),
    setSession(token) {
      if (!responseHeaders) throw new TypeError("a page cannot set a session");
      responseHeaders.append("set-cookie", sessionCookie(token, config));
    },
  };
}

/** What verbs take, for whoever signed in. */
export function actionOf(
  { services, requestId }: Pick<TrpcContext, "services" | "requestId">,
  { principal }: Session,
  correlationId: string,
): Context {
  return { services, principal, requestId, correlationId, correlationGiven: false };
}
