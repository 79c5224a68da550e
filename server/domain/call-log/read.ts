import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { findCall } from "../calls/get.ts";
import { toCall } from "../calls/schemas.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { costsOf } from "./costs.ts";

/** One call as the console shows it: what the API says of it, and what only whoever runs the agent asks. NOT_FOUND. */
export const readCall = verb({
  access: masterKey("voice:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const call = await findCall(ctx, reader(ctx), input.id);
    const costs = await costsOf(ctx.services.db.pool, orgOf(ctx), [call.id]);
    const { carrier, carrierId, greeting, systemPrompt, onHold, recordingUrl, recordingSeconds } = call;
    return {
      ...toCall(call),
      carrier,
      /** The carrier's own name of it; null until it has taken it. */
      carrierId,
      greeting,
      systemPrompt,
      onHold,
      /** Whether somebody here has asked for its end, and waits for it. */
      isEnding: call.endAsked !== null && call.endedAt === null,
      /** As far as the carrier has told; getRecording asks it. */
      recording: recordingUrl === null ? null : { url: recordingUrl, seconds: recordingSeconds },
      costMicros: costs.get(call.id) ?? 0,
    };
  },
});

export type CallFacts = Awaited<ReturnType<typeof readCall>>;
