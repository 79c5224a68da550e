import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { masterKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError, invalidField, notFound } from "../errors.ts";
import { id, listOf, strictBody } from "../fields.ts";
import { CarrierRefused } from "../phone/carrier.ts";
import { tokenOf } from "../phone/token.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { endCall, hear, isActive, lockCall, pressKeys, ring } from "./calls.ts";
import { requireNumber } from "./inventory.ts";
import { receive } from "./messages.ts";
import { requireSandbox } from "./require.ts";

const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, "must be a number in E.164, such as +14155550100.");
const words = z.string().trim().min(1).max(2_000);

/** `carrierId` is the sandbox's own name of it; the inbox or the list of calls shows what it has become. */
export const Played = z.object({ carrierId: z.string() }).meta({ id: "SandboxPlayed" });

/** Somebody sends a message to a number of the organisation's. NOT_FOUND where it has no such number. */
export const playInboundSms = verb({
  access: masterKey("phone:sms"),
  input: strictBody({
    from: phoneNumber,
    to: phoneNumber,
    body: z.string().max(1_600).default(""),
    mediaUrls: listOf(z.url(), 10).default([]),
  }),
  run: (ctx, { from, to, body, mediaUrls }) => {
    requireSandbox(ctx.services);
    if (body === "" && mediaUrls.length === 0) throw invalidField("body", "must not be empty without media.");
    return onOwnNumber(ctx, async (tx) => {
      await requireNumber(tx, orgOf(ctx), to);
      return { carrierId: await receive(tx, { from, to, body, mediaUrls }, ctx.services.clock.now()) };
    });
  },
});

/** Somebody calls a number of the organisation's; it rings for 30 seconds. NOT_FOUND where it has no such number. */
export const playInboundCall = verb({
  access: masterKey("phone:voice"),
  input: strictBody({ from: phoneNumber, to: phoneNumber }),
  run: (ctx, { from, to }) => {
    requireSandbox(ctx.services);
    return onOwnNumber(ctx, async (tx) => ({
      carrierId: await ring(tx, { orgId: orgOf(ctx), from, to }, ctx.services.clock.now()),
    }));
  },
});

/**
 * The person at the other end of a call speaks, or presses keys: becomes the transcript. `id` is the call's.
 * NOT_FOUND; CONFLICT while the call is not in progress, or on hold.
 */
export const playSay = verb({
  access: masterKey("phone:voice"),
  input: strictBody({
    id,
    text: words.optional(),
    digits: z
      .string()
      .regex(/^[0-9*#]{1,32}$/)
      .optional(),
  }),
  run: (ctx, { id: callId, text, digits }) => {
    if (text === undefined && digits === undefined) throw invalidField("text", "say something, or press digits.");
    return withOwnCall(ctx, callId, async (tx, call) => {
      const now = ctx.services.clock.now();
      if (!(await isActive(tx, call, now))) throw new DomainError("CONFLICT", "The call is not in progress.");
      if (call.held) throw new DomainError("CONFLICT", "The call is on hold: nobody hears what is said.");
      if (text !== undefined) await hear(tx, call.carrierId, text, now);
      if (digits !== undefined) await pressKeys(tx, call.carrierId, digits, now);
      return { carrierId: call.carrierId };
    });
  },
});

/** The person at the other end hangs up. One that is over stays as it is. */
export const playHangUp = verb({
  access: masterKey("phone:voice"),
  input: strictBody({ id }),
  run: (ctx, { id: callId }) =>
    withOwnCall(ctx, callId, async (tx, call) => {
      await endCall(tx, call, "caller_hangup", ctx.services.clock.now());
      return { carrierId: call.carrierId };
    }),
});

async function onOwnNumber<T>(ctx: Context, run: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await inTransaction(ctx, run);
  } catch (error) {
    if (error instanceof CarrierRefused && error.code === "not_owned") throw notFound("phone number");
    throw error;
  }
}

function withOwnCall<T>(
  ctx: Context,
  callId: string,
  run: (tx: Transaction, call: NonNullable<Awaited<ReturnType<typeof lockCall>>>) => Promise<T>,
): Promise<T> {
  requireSandbox(ctx.services);
  return inTransaction(ctx, async (tx) => {
    const where = { orgId: orgOf(ctx), OR: [{ token: tokenOf(orgOf(ctx), callId) }, { carrierId: callId }] };
    const found = await tx.sandboxCall.findFirst({ where });
    const call = found && (await lockCall(tx, found.carrierId));
    if (!call) throw notFound("call");
    return run(tx, call);
  });
}
