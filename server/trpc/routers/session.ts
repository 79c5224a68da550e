import { z } from "zod";
import { endSession } from "#server/domain/console/sessions.ts";
import { setUpConsole, signInWithKey, signInWithLink } from "#server/domain/console/sign-in.ts";
import { rateLimited } from "#server/domain/errors.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { validate } from "#server/domain/verb.ts";
import { publicProcedure, router, signedInProcedure, unchecked } from "../init.ts";

const ATTEMPTS = 30;
const WINDOW_SECONDS = 600;

// Keys and links cannot be guessed; the limit keeps somebody who tries from filling the log and the database.
const attempt = publicProcedure.use(async ({ ctx, next }) => {
  const quota = await ctx.services.rateLimits.take("sign-in", ctx.address, ATTEMPTS, WINDOW_SECONDS);
  if (quota.exceeded) {
    const detail = `Too many sign-ins from here. Try again in ${quota.resetSeconds} seconds.`;
    throw rateLimited("RATE_LIMIT", detail, quota);
  }
  return next();
});

const secret = z.string().min(1, "is needed.").max(512, "is too long.");
const KeyInput = z.object({ key: secret });
const LinkInput = z.object({ token: secret });
const SetupInput = z.object({ token: secret, name: z.string() });

export const sessionRouter = router({
  current: signedInProcedure.query(({ ctx }) => ({
    orgId: ctx.session.principal.orgId,
    orgName: ctx.session.orgName,
    tier: ctx.session.principal.tier,
  })),

  signIn: attempt.input(unchecked(KeyInput)).mutation(async ({ ctx, input }) => {
    const { key } = validate(KeyInput, input);
    ctx.setSession(await signInWithKey(ctx.services, key, ctx.visitor, ctx.session));
    return { signedIn: true };
  }),

  useLink: attempt.input(unchecked(LinkInput)).mutation(async ({ ctx, input }) => {
    const { token } = validate(LinkInput, input);
    ctx.setSession(await signInWithLink(ctx.services, token, ctx.visitor, ctx.session));
    return { signedIn: true };
  }),

  setUp: attempt.input(unchecked(SetupInput)).mutation(async ({ ctx, input }) => {
    const { token: linkToken, name } = validate(SetupInput, input);
    const { token, masterKey } = await setUpConsole(ctx.services, { linkToken, name }, ctx.visitor);
    ctx.setSession(token);
    return { masterKey };
  }),

  signOut: publicProcedure.mutation(async ({ ctx }) => {
    const { session, services, visitor } = ctx;
    if (session) await openTransaction(services, (tx) => endSession(services, tx, session, visitor));
    ctx.setSession(null);
    return { signedIn: false };
  }),
});
