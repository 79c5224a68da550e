const FIRST_DELAY_SECONDS = 15;
const LONGEST_DELAY_SECONDS = 2 * 60 * 60;
/** How far a delay is moved either way, so that mails deferred together do not come back together. */
const JITTER = 0.2;

/** How long a mail is tried after it was accepted. */
export const GIVE_UP_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Seconds to wait after the failed attempt number `attempt` (from 1), or null when it is time to give up.
 * 15 s, doubling up to 2 h, each within 20 %; the last attempt falls on the end of the 24 hours.
 * Greylisting hosts take a mail after some minutes, hence the short first steps; the half hour that RFC 5321
 * 4.5.4.1 asks for in general is reached after the eighth attempt.
 */
export function nextAttemptDelaySeconds(
  attempt: number,
  acceptedAt: Date,
  now: Date,
  random: () => number = Math.random,
): number | null {
  const remaining = GIVE_UP_AFTER_SECONDS - (now.getTime() - acceptedAt.getTime()) / 1000;
  if (remaining <= 0) return null;
  const doubled = Math.min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), LONGEST_DELAY_SECONDS);
  const moved = doubled * (1 + JITTER * (2 * random() - 1));
  return Math.max(1, Math.ceil(Math.min(moved, remaining)));
}
