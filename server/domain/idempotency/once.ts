import { createHash } from "node:crypto";
import { type Context, orgOf } from "../context.ts";
import { inProgress, isLockTimeout, KeyTaken, storedAnswer } from "./claim.ts";

/**
 * Runs a verb whose one statement claims its key (see email/accept.ts), so that a form that is sent twice has one
 * effect: the second time answers what the first one was answered.
 * IDEMPOTENCY_BODY_MISMATCH when the key was used for something else, IDEMPOTENCY_IN_PROGRESS.
 *
 * @param key chosen at random by the form, once for what it is to do
 * @param request what is asked for, as JSON can say it
 */
export async function once<Output>(
  ctx: Context,
  key: string,
  request: unknown,
  run: (ctx: Context) => Promise<Output>,
): Promise<Output> {
  const fingerprint = createHash("sha256").update(JSON.stringify(request)).digest();
  const claim = { scope: orgOf(ctx), principal: "console", key, fingerprint };
  try {
    return await run({ ...ctx, claim });
  } catch (error) {
    if (isLockTimeout(error)) throw inProgress();
    if (!(error instanceof KeyTaken)) throw error;
    const stored = await storedAnswer(ctx.services, claim);
    if (!stored) throw inProgress();
    return JSON.parse(stored.body) as Output;
  }
}
