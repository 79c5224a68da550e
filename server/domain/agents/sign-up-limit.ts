import { networkOf } from "#server/platform/network.ts";
import type { Context } from "../context.ts";
import { DomainError, rateLimited } from "../errors.ts";

/**
 * Counts a self sign-up against the client's address, whatever comes of it: also a refusal tells something.
 * FORBIDDEN where the operator allows none; RATE_LIMIT with details {limit, remaining, retryAfter} and Retry-After.
 */
export async function takeSignUp(ctx: Context): Promise<void> {
  const { services } = ctx;
  if (services.config.signupsPerHour === 0) {
    throw new DomainError("FORBIDDEN", "Self sign-up is switched off on this server. Ask its operator for a key.");
  }
  const quota = await services.signUpLimit(networkOf(addressOf(ctx)));
  if (!quota.exceeded) return;
  throw rateLimited("RATE_LIMIT", `Only ${quota.limit} sign-ups an hour are allowed from one address.`, quota);
}

/** Where the request came from, also when it carried a key: else each new key would bring a new allowance. */
function addressOf(ctx: Context): string {
  return ctx.principal.kind === "anonymous" ? ctx.principal.address : (ctx.clientAddress ?? "unknown");
}
