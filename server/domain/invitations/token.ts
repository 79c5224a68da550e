import type { RootKey } from "#server/platform/root-key.ts";

/**
 * The token of an invitation as it was sent for the n-th time. Derived, so that the mail can be written later without
 * the token standing in the database or the queue; what is stored is its hash.
 */
export function invitationToken(rootKey: RootKey, invitationId: string, sends: number): string {
  return rootKey.mac("invitation", `${invitationId} ${sends}`).toString("base64url");
}
