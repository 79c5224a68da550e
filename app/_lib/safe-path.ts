import { HOME } from "./home.ts";

/** Where to go after the sign-in: a path of ours, never another site's address. */
export function safePath(to: string | string[] | undefined): string {
  if (typeof to !== "string" || !/^\/[^/\\]/.test(to)) return HOME;
  const base = "http://console.invalid";
  return URL.canParse(to, base) && new URL(to, base).origin === base ? to : HOME;
}
