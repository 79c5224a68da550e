import { SESSION_SECONDS } from "#server/domain/console/sessions.ts";
import type { Config } from "#server/platform/config.ts";

type Address = Pick<Config, "publicUrl">;

const KNOWN_BROWSER_SECONDS = 365 * 24 * 3_600;

const isHttps = (config: Address) => config.publicUrl.startsWith("https:");

/** The names of our cookies. `__Host-` binds one to this host and to HTTPS, which plain HTTP cannot have. */
function nameOf(kind: "session" | "browser", config: Address): string {
  if (isHttps(config)) return kind === "session" ? "__Host-anima" : "__Host-anima-browser";
  return kind === "session" ? "anima_session" : "anima_browser";
}

/** The session token in a Cookie header. */
export function readSessionCookie(header: string | null, config: Address): string | undefined {
  return readCookie(header, nameOf("session", config));
}

/** The mark of a browser that has signed in before; see known-browser.ts. */
export function readBrowserCookie(header: string | null, config: Address): string | undefined {
  return readCookie(header, nameOf("browser", config));
}

/**
 * The Set-Cookie header of a session; null takes it away. Lax, not Strict: whoever follows a link into the console from
 * a mail or a ticket is signed in at once. What changes anything is a POST, which Lax withholds from other sites.
 */
export function sessionCookie(token: string | null, config: Address): string {
  return setCookie(nameOf("session", config), token ?? "", token === null ? 0 : SESSION_SECONDS, config);
}

/** The Set-Cookie header of a browser's mark. It outlives the session. */
export function browserCookie(mark: string, config: Address): string {
  return setCookie(nameOf("browser", config), mark, KNOWN_BROWSER_SECONDS, config);
}

function readCookie(header: string | null, name: string): string | undefined {
  const prefix = `${name}=`;
  return header
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}

function setCookie(name: string, value: string, seconds: number, config: Address): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isHttps(config) ? "; Secure" : ""}`;
}
