import { SESSION_SECONDS } from "#server/domain/console/sessions.ts";
import type { Config } from "#server/platform/config.ts";

type Address = Pick<Config, "publicUrl">;

const isHttps = (config: Address) => config.publicUrl.startsWith("https:");

/** The name of the session cookie. `__Host-` binds it to this host and to HTTPS, which plain HTTP cannot have. */
function cookieName(config: Address): string {
  return isHttps(config) ? "__Host-anima" : "anima_session";
}

/** The session token in a Cookie header. */
export function readSessionCookie(header: string | null, config: Address): string | undefined {
  const prefix = `${cookieName(config)}=`;
  return header
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}

/**
 * The Set-Cookie header of a session; null takes it away. Lax, not Strict: whoever follows a link into the console from
 * a mail or a ticket is signed in at once. What changes anything is a POST, which Lax withholds from other sites.
 */
export function sessionCookie(token: string | null, config: Address): string {
  const secure = isHttps(config) ? "; Secure" : "";
  const age = token === null ? 0 : SESSION_SECONDS;
  return `${cookieName(config)}=${token ?? ""}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure}`;
}
