import type { z } from "zod";
import { listCallLog } from "#server/domain/call-log/list.ts";
import { readCall } from "#server/domain/call-log/read.ts";
import { type CreateCallInput, createCall } from "#server/domain/calls/create.ts";
import { getRecording, getTranscript } from "#server/domain/calls/get.ts";
import { hangUpCall } from "#server/domain/calls/running.ts";
import type { CreatedCall } from "#server/domain/calls/schemas.ts";
import { searchCalls } from "#server/domain/calls/search.ts";
import { getSummary } from "#server/domain/calls/summary.ts";
import type { GateReport } from "#server/domain/phone/gates/types.ts";
import { listNumbers } from "#server/domain/phone-numbers/list.ts";
import { playHangUp, playInboundCall, playSay } from "#server/domain/sandbox/play.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";
import { onceByForm } from "../once-by-form.ts";

type Order = Omit<z.input<typeof CreateCallInput>, "dry_run">;

/** Calls, through the verbs that the REST API calls. */
export const callsRouter = router({
  list: signedInProcedure.input(inputOf(listCallLog)).query(({ ctx, input }) => listCallLog(ctx.action, input)),
  read: signedInProcedure.input(inputOf(readCall)).query(({ ctx, input }) => readCall(ctx.action, input)),
  search: signedInProcedure.input(inputOf(searchCalls)).query(({ ctx, input }) => searchCalls(ctx.action, input)),
  transcript: signedInProcedure
    .input(inputOf(getTranscript))
    .query(({ ctx, input }) => getTranscript(ctx.action, input)),
  summary: signedInProcedure.input(inputOf(getSummary)).query(({ ctx, input }) => getSummary(ctx.action, input)),
  recording: signedInProcedure.input(inputOf(getRecording)).query(({ ctx, input }) => getRecording(ctx.action, input)),
  /** The numbers to call from, and to be called on. */
  numbers: signedInProcedure.input(inputOf(listNumbers)).query(({ ctx, input }) => listNumbers(ctx.action, input)),
  /** Every gate's verdict; nothing is dialled. */
  check: signedInProcedure
    .input((value: unknown) => (value ?? {}) as Order)
    .mutation(async ({ ctx, input }) => (await createCall(ctx.action, { ...input, dry_run: true })) as GateReport),
  /** Places a call, once for its form. */
  place: onceByForm("call", createCall, (answer) => answer as CreatedCall),
  hangUp: signedInProcedure.input(inputOf(hangUpCall)).mutation(({ ctx, input }) => hangUpCall(ctx.action, input)),
  /** The other side of the sandbox; NOT_FOUND with a real carrier. */
  say: signedInProcedure.input(inputOf(playSay)).mutation(({ ctx, input }) => playSay(ctx.action, input)),
  personHangsUp: signedInProcedure
    .input(inputOf(playHangUp))
    .mutation(({ ctx, input }) => playHangUp(ctx.action, input)),
  ring: signedInProcedure
    .input(inputOf(playInboundCall))
    .mutation(({ ctx, input }) => playInboundCall(ctx.action, input)),
});
