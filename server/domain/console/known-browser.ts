import { createHash, timingSafeEqual } from "node:crypto";
import type { RootKey } from "#server/platform/root-key.ts";
import { newToken } from "./secrets.ts";

// What a browser keeps after a sign-in: `<random id>.<MAC over the id and the account>`. It opens nothing; it only keeps
// strangers who guess at the account from using up this browser's tries. It names no account to who reads it.

/** A mark for a browser that has just signed in to an account. */
export function markBrowser(rootKey: RootKey, email: string): string {
  const id = newToken();
  return `${id}.${macOf(rootKey, id, email)}`;
}

/** The browser's id, when its mark is one of this account's; else null. */
export function recogniseBrowser(rootKey: RootKey, mark: string | undefined, email: string): string | null {
  const [id, mac, ...rest] = mark?.split(".") ?? [];
  if (!id || !mac || rest.length > 0) return null;
  const expected = Buffer.from(macOf(rootKey, id, email));
  const given = Buffer.from(mac);
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
}

function macOf(rootKey: RootKey, id: string, email: string): string {
  const account = createHash("sha256").update(email.trim().toLowerCase()).digest("base64url");
  return rootKey.mac("known browser", `${id} ${account}`).toString("base64url");
}
