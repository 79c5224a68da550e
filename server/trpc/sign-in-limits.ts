import { createHash } from "node:crypto";
import { rateLimited } from "#server/domain/errors.ts";
import { networkOf } from "#server/platform/network.ts";
import type { Quota, RateLimits } from "#server/platform/rate-limit.ts";

/**
 * How often somebody may try to sign in. What guesses is slowed down; whoever it guesses at is not locked out:
 * - an address may try everything together 30 times in ten minutes;
 * - one address may try the password of one account ten times in a quarter of an hour;
 * - all addresses together may try the password of one account 50 times an hour. A browser that has signed in to the
 *   account before shows it by a signed cookie, and has its own ten tries instead: strangers cannot use them up
 *   (OWASP: Slow Down Online Guessing Attacks with Device Cookies);
 * - codes are mailed likewise: five an hour for an address and account, 20 an hour for an account, and five for a known
 *   browser. A code itself dies after five tries;
 * - passkeys, codes and keys cannot be guessed, so only the first rule is theirs: however often somebody tries the
 *   password of an account, its person still gets in by one of them.
 */
export type Attempt = {
  rateLimits: RateLimits;
  address: string;
  /** What identifies the browser, where it has signed in to this account before. */
  knownBrowser: string | null;
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** RATE_LIMIT when this address has tried too often, whatever it tried. */
export async function limitAddress(rateLimits: RateLimits, address: string): Promise<void> {
  refuse(await rateLimits.take("sign-in", networkOf(address), 30, 10 * MINUTE));
}

/** RATE_LIMIT when the password of an account was tried too often from here. */
export function limitPassword(attempt: Attempt, email: string): Promise<void> {
  return limitAccount(attempt, email, "password", { here: [10, 15 * MINUTE], everywhere: [50, HOUR] });
}

/** RATE_LIMIT when too many codes were mailed to an account. */
export function limitCodes(attempt: Attempt, email: string): Promise<void> {
  return limitAccount(attempt, email, "code", { here: [5, HOUR], everywhere: [20, HOUR] });
}

type Window = [limit: number, seconds: number];

async function limitAccount(
  { rateLimits, address, knownBrowser }: Attempt,
  email: string,
  what: string,
  { here, everywhere }: { here: Window; everywhere: Window },
): Promise<void> {
  // Windows may stand in Redis, where addresses of people have no business.
  const account = createHash("sha256").update(email.trim().toLowerCase()).digest("base64url");
  if (knownBrowser) return refuse(await rateLimits.take(`${what}-browser`, `${account} ${knownBrowser}`, ...here));
  refuse(await rateLimits.take(`${what}-here`, `${account} ${networkOf(address)}`, ...here));
  refuse(await rateLimits.take(`${what}-account`, account, ...everywhere));
}

function refuse(quota: Quota): void {
  if (!quota.exceeded) return;
  const minutes = Math.ceil(quota.resetSeconds / MINUTE);
  const wait = minutes > 1 ? `${minutes} minutes` : `${Math.max(1, quota.resetSeconds)} seconds`;
  throw rateLimited("RATE_LIMIT", `Too many attempts from here. Try again in ${wait}.`, quota);
}
