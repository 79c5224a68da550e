import { z } from "zod";
import { masterKey } from "../../authorise.ts";
import { eventBase, orgOf } from "../../context.ts";
import { strictBody } from "../../fields.ts";
import { inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { phoneNumber } from "../fields.ts";
import { liftOptOut } from "./opt-out.ts";

export const Unsuppressed = z.object({ phoneNumber: z.string(), removed: z.boolean() }).meta({ id: "SmsUnsuppressed" });

/** Lifts what a person said, when they have changed their mind. Not for agents: none may overrule the people it calls. */
export const unsuppressSms = verb({
  access: masterKey("phone:sms"),
  input: strictBody({ phoneNumber }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const origin = { ...eventBase(ctx), orgId: orgOf(ctx) };
      const removed = await liftOptOut(ctx.services, tx, origin, { phoneNumber: input.phoneNumber, word: null });
      return { phoneNumber: input.phoneNumber, removed };
    }),
});
