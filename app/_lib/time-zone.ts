/** Holds the zone that a person chose; none: as the browser has it. */
export const ZONE_COOKIE = "anima_zone";
/** Holds the browser's own zone, so that the server draws the same as the browser will. */
export const BROWSER_ZONE_COOKIE = "anima_browser_zone";

/** An IANA zone that a cookie names; null for none, or for one that is not known here. */
export function zoneOf(cookie: string | undefined): string | null {
  if (!cookie) return null;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: cookie }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
