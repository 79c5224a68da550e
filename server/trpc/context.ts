import { markBrowser, recogniseBrowser } from "#server/domain/console/known-browser.ts";
import { findSession, type Session } from "#server/domain/console/sessions.ts";
import type { Context } from "#server/domain/context.ts";
import { newId } from "#server/platform/ids.ts";
import { clientAddress } from "#server/rest/client-address.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { browserCookie, readBrowserCookie, readSessionCookie, sessionCookie } from "./cookie.ts";
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
  /** What identifies the browser, where it has signed in to the account of this address before. */
  knownBrowser(email: string): string | null;
  /** Notes in the browser that it has signed in to this account. */
  markBrowser(email: string): void;
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
  const { config, rootKey } = services;
  const mark = readBrowserCookie(headers.get("cookie"), config);
  const setCookie = (cookie: string) => {
    if (!responseHeaders) throw new TypeError("a page cannot set a cookie");
    responseHeaders.append("set-cookie", cookie);
  };
  return {
    services,
    requestId: `req_${newId()}`,
    address: clientAddress(peer, headers.get("x-forwarded-for") ?? undefined, config.trustedProxies),
    userAgent: headers.get("user-agent"),
    session: await findSession(services, readSessionCookie(headers.get("cookie"), config), true),
    sameOrigin: isSameOrigin(headers, config.publicUrl),
    setSession: (token) => setCookie(sessionCookie(token, config)),
    knownBrowser: (email) => recogniseBrowser(rootKey, mark, email),
    markBrowser(email) {
      if (recogniseBrowser(rootKey, mark, email) === null)
        setCookie(browserCookie(markBrowser(rootKey, email), config));
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
