import { type Context, eventBase, orgOf } from "../context.ts";
import { DomainError } from "../errors.ts";

const FRESH_MS = 30 * 60_000;

/** Whether whoever acts has signed in lately: a session alone may be somebody else's who found the screen open. */
export function isFresh(ctx: Context): boolean {
  const { principal, services } = ctx;
  return principal.kind === "console" && services.clock.now().getTime() - principal.since.getTime() <= FRESH_MS;
}

/** FORBIDDEN (details.reason SIGN_IN_AGAIN) unless whoever acts has signed in within the last 30 minutes. */
export function requireFresh(ctx: Context): void {
  if (isFresh(ctx)) return;
  throw new DomainError("FORBIDDEN", "You signed in more than 30 minutes ago. Sign in again to change this.", {
    details: { reason: "SIGN_IN_AGAIN" },
    denied: {
      ...eventBase(ctx),
      orgId: orgOf(ctx),
      channel: "console",
      event: "console.access.refused",
      result: "DENIED",
      data: { reason: "SIGN_IN_AGAIN" },
    },
  });
}
