import type { RootKey } from "#server/platform/root-key.ts";

const CODES = 1_000_000;

/**
 * The six digits of a challenge. Derived, not stored: neither the database nor a copy of it tells a code.
 * 48 bits of the MAC are taken modulo a million, so no code is likelier than another by more than one in 2^28.
 */
export function codeOf(rootKey: RootKey, challengeId: string): string {
  const number = rootKey.mac("verification code", challengeId).readUIntBE(0, 6);
  return String(number % CODES).padStart(6, "0");
}
