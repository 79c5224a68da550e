import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Call as Row } from "#server/platform/generated/client.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toCall, toSegment } from "./schemas.ts";

/** A call that the key may see. NOT_FOUND. */
export async function findCall(ctx: Context, db: Transaction, callId: string): Promise<Row> {
  const agentId = resolveAgentId(ctx, undefined);
  const row = await db.call.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: callId } } });
  if (!row || (agentId !== undefined && row.agentId !== agentId)) throw notFound("call");
  return row;
}

/** One call. NOT_FOUND. */
export const getCall = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => toCall(await findCall(ctx, reader(ctx), input.id)),
});

/** What was said in a call so far, in its order. NOT_FOUND. */
export const getTranscript = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const call = await findCall(ctx, reader(ctx), input.id);
    return { callId: call.id, segments: (await segmentsOf(reader(ctx), call)).map(toSegment) };
  },
});

/** The segments of a call, in its order. */
export function segmentsOf(db: Transaction, { orgId, id: callId }: Row) {
  return db.callSegment.findMany({ where: { orgId, callId }, orderBy: { seq: "asc" } });
}

export const Recording = z
  .object({
    callId: z.string(),
    downloadUrl: z.string().describe("At the carrier, which asks for its own credentials or lets the link expire."),
    durationSeconds: z.int().nullable(),
  })
  .meta({ id: "Recording" });

/** Where the recording of a call can be fetched. NOT_FOUND where the carrier has none. */
export const getRecording = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<z.infer<typeof Recording>> => {
    const call = await findCall(ctx, reader(ctx), input.id);
    const found = call.recordingUrl
      ? { url: call.recordingUrl, durationSeconds: call.recordingSeconds }
      : await askForRecording(ctx, call);
    if (!found) throw notFound("recording");
    return { callId: call.id, downloadUrl: found.url, durationSeconds: found.durationSeconds };
  },
});

async function askForRecording(ctx: Context, call: Row) {
  if (call.carrierId === null) return null;
  return ctx.services.carrier.recording(call.carrierId).catch((cause: unknown) => {
    throw new DomainError("PHONE_PROVIDER_ERROR", "The carrier could not say whether there is a recording.", { cause });
  });
}
