import { initTRPC } from "@trpc/server";
import type { z } from "zod";
import type { Visitor } from "#server/domain/console/sessions.ts";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import { recordDenial } from "#server/domain/transaction.ts";
import type { Verb } from "#server/domain/verb.ts";
import { newId } from "#server/platform/ids.ts";
import { withLogScope } from "#server/platform/log.ts";
import { refuseUnstorable } from "#server/rest/strict-json.ts";
import { actionOf, type TrpcContext } from "./context.ts";
import { sessionEnded, toTrpcError, viewError } from "./errors.ts";

const trpc = initTRPC.context<TrpcContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => {
    const view = viewError(error, ctx?.requestId ?? null);
    return { ...shape, message: view.detail, data: { httpStatus: shape.data.httpStatus, error: view } };
  },
});

export const router = trpc.router;

// next() of tRPC does not throw: a refusal comes back as a result that is not ok.
const observed = trpc.procedure.use(async ({ ctx, next, path }) => {
  const correlationId = `corr_${newId()}`;
  const orgId = ctx.session?.principal.orgId;
  const scope = { requestId: ctx.requestId, correlationId, ...(orgId ? { orgId } : {}) };
  return withLogScope(scope, async () => {
    const result = await next({ ctx: { correlationId } });
    if (result.ok) return result;
    const error = toTrpcError(result.error);
    const { cause } = error;
    if (!(cause instanceof DomainError)) throw new TypeError("toTrpcError wraps a DomainError");
    const { logLevel, status } = ERRORS[cause.code];
    const { services } = ctx;
    const err = status >= 500 ? { err: cause.cause ?? cause } : {};
    services.log[logLevel]({ code: cause.code, path, ...err }, "console call refused");
    if (cause.denied) await recordDenial(services, cause.denied);
    return { ...result, error };
  });
});

// Another site can make a browser send its cookie along with a form; it cannot make it say that the form is ours.
const guarded = observed.use(async ({ ctx, next, type, getRawInput }) => {
  if (type === "mutation" && !ctx.sameOrigin) {
    throw new DomainError("FORBIDDEN", "This came from another site than the console.");
  }
  refuseUnstorable(await getRawInput(), []);
  return next();
});

/** For everybody: the principal is the browser's session, or nobody. */
export const publicProcedure = guarded.use(({ ctx, next }) => {
  const visitor: Visitor = {
    address: ctx.address,
    userAgent: ctx.userAgent,
    requestId: ctx.requestId,
    correlationId: ctx.correlationId,
  };
  return next({ ctx: { visitor } });
});

/** For whoever signed in: `ctx.action` is what verbs take. UNAUTHORIZED without a session. */
export const signedInProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw sessionEnded();
  return next({ ctx: { session: ctx.session, action: actionOf(ctx, ctx.session, ctx.correlationId) } });
});

/** An input that is passed on as it came: the procedure validates it, so that a refusal has the form of every other. */
export function unchecked<Schema extends z.ZodType>(_schema: Schema) {
  return (value: unknown) => (value ?? {}) as z.input<Schema>;
}

/** The input of a verb, which validates it, as it does for REST. */
export function inputOf<Input extends z.ZodType, Output>(verb: Verb<Input, Output>) {
  return unchecked(verb.input);
}
