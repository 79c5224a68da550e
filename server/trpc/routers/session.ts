import { z } from "zod";
import type { Entered } from "#server/domain/console/enter.ts";
import { chooseOrganisation, organisationsOf, switchOrganisation } from "#server/domain/console/organisations.ts";
import { PasskeyAnswer } from "#server/domain/console/passkeys.ts";
import { endSession } from "#server/domain/console/sessions.ts";
import { setUpConsole, signInWithKey, signInWithLink } from "#server/domain/console/sign-in.ts";
import { requestSignInCode, signInWithCode } from "#server/domain/console/sign-in-code.ts";
import { beginPasskeySignIn, signInWithPasskey } from "#server/domain/console/sign-in-passkey.ts";
import { signInWithPassword } from "#server/domain/console/sign-in-password.ts";
import { acceptInvitation } from "#server/domain/invitations/accept.ts";
import { personEmail } from "#server/domain/people/email.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { validate } from "#server/domain/verb.ts";
import type { TrpcContext } from "../context.ts";
import { publicProcedure, router, signedInProcedure, unchecked } from "../init.ts";
import { viewSession } from "../session-view.ts";
import { limitAddress, limitCodes, limitPassword } from "../sign-in-limits.ts";

const attempt = publicProcedure.use(async ({ ctx, next }) => {
  await limitAddress(ctx.services.rateLimits, ctx.address);
  return next({ ctx: { entrance: { visitor: ctx.visitor, previous: ctx.session } } });
});

const secret = z.string().min(1, "is needed.").max(512, "is too long.");
const KeyInput = z.object({ key: secret });
const LinkInput = z.object({ token: secret });
const SetupInput = z.object({ token: secret, name: z.string() });
// Limits count the account, so they take the address in its one form.
const EmailInput = z.object({ email: personEmail });
const PasswordInput = z.object({ email: personEmail, password: secret });
// What these hold is validated by the functions that take it.
const CodeInput = z.object({ codeId: z.string(), code: z.string() });
const OrganisationInput = z.object({ orgId: z.string() });
const ChoiceInput = z.object({ ticket: z.string(), orgId: z.string() });
const PasskeyInput = z.object({
  ticket: z.string(),
  answer: PasskeyAnswer,
});
const InvitationInput = z.object({ token: secret, name: z.string().optional() });

export const sessionRouter = router({
  current: signedInProcedure.query(({ ctx }) => viewSession(ctx.session)),

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

  signInWithPassword: attempt.input(unchecked(PasswordInput)).mutation(async ({ ctx, input }) => {
    const given = validate(PasswordInput, input);
    await limitPassword(attemptOf(ctx, given.email), given.email);
    return admit(ctx, await signInWithPassword(ctx.services, given, ctx.entrance));
  }),

  requestCode: attempt.input(unchecked(EmailInput)).mutation(async ({ ctx, input }) => {
    const given = validate(EmailInput, input);
    await limitCodes(attemptOf(ctx, given.email), given.email);
    return requestSignInCode(ctx.services, given, ctx.correlationId);
  }),

  signInWithCode: attempt.input(unchecked(CodeInput)).mutation(async ({ ctx, input }) => {
    const knows = (address: string) => ctx.knownBrowser(address) !== null;
    return admit(ctx, await signInWithCode(ctx.services, input, ctx.entrance, knows));
  }),

  beginPasskey: attempt.mutation(({ ctx }) => beginPasskeySignIn(ctx.services)),

  /** Also answers the question for a second factor. */
  signInWithPasskey: attempt
    .input(unchecked(PasskeyInput))
    .mutation(async ({ ctx, input }) => admit(ctx, await signInWithPasskey(ctx.services, input, ctx.entrance))),

  chooseOrganisation: attempt
    .input(unchecked(ChoiceInput))
    .mutation(async ({ ctx, input }) => admit(ctx, await chooseOrganisation(ctx.services, input, ctx.entrance))),

  acceptInvitation: attempt.input(unchecked(InvitationInput)).mutation(async ({ ctx, input }) => {
    const given = validate(InvitationInput, input);
    const knows = (address: string) => ctx.knownBrowser(address) !== null;
    const { isNew, ...entered } = await acceptInvitation(ctx.services, given, ctx.entrance, knows);
    return { ...admit(ctx, entered), isNew };
  }),

  organisations: signedInProcedure.query(({ ctx }) => organisationsOf(ctx.services, ctx.session)),

  switchOrganisation: signedInProcedure.input(unchecked(OrganisationInput)).mutation(async ({ ctx, input }) => {
    const { visitor, session: previous } = ctx;
    ctx.setSession(await switchOrganisation(ctx.services, input, { visitor, previous }));
    return { switched: true };
  }),

  signOut: publicProcedure.mutation(async ({ ctx }) => {
    const { session, services, visitor } = ctx;
    if (session) await openTransaction(services, (tx) => endSession(services, tx, session, visitor));
    ctx.setSession(null);
    return { signedIn: false };
  }),
});

function attemptOf(ctx: TrpcContext, address: string) {
  const { services, address: from } = ctx;
  return { rateLimits: services.rateLimits, address: from, knownBrowser: ctx.knownBrowser(address) };
}

/** Gives the browser its session where the sign-in is through. @returns what the page does next */
function admit(ctx: TrpcContext, entered: Entered) {
  if (entered.step !== "signed-in") return entered;
  ctx.setSession(entered.token);
  ctx.markBrowser(entered.email);
  return { step: entered.step };
}
