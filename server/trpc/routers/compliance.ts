import { createConsent } from "#server/domain/phone/consents/create.ts";
import { listConsents } from "#server/domain/phone/consents/list.ts";
import { revokeConsent, revokeNumber } from "#server/domain/phone/consents/revoke.ts";
import { addDoNotCall, removeDoNotCall } from "#server/domain/phone/do-not-call/change.ts";
import { listDoNotCall } from "#server/domain/phone/do-not-call/list.ts";
import { hoursByState } from "#server/domain/phone/hours/by-state.ts";
import { unsuppressSms } from "#server/domain/phone/opt-outs/lift.ts";
import { listSuppressions } from "#server/domain/phone/opt-outs/list.ts";
import { refusalsByGate } from "#server/domain/phone/refusals/count.ts";
import { listRefusals } from "#server/domain/phone/refusals/list.ts";
import { getCallingRules, setCallingRules } from "#server/domain/phone/rules/change.ts";
import { dismissStopHeard } from "#server/domain/phone/stop-heard/dismiss.ts";
import { listStopHeard } from "#server/domain/phone/stop-heard/list.ts";
import { getClock, setClock } from "#server/domain/sandbox/clock.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** Who may be called and texted, when, and what was refused; through the verbs that the REST API calls. */
export const complianceRouter = router({
  consents: signedInProcedure.input(inputOf(listConsents)).query(({ ctx, input }) => listConsents(ctx.action, input)),
  recordConsent: signedInProcedure
    .input(inputOf(createConsent))
    .mutation(({ ctx, input }) => createConsent(ctx.action, input)),
  revokeConsent: signedInProcedure
    .input(inputOf(revokeConsent))
    .mutation(({ ctx, input }) => revokeConsent(ctx.action, input)),
  revokeNumber: signedInProcedure
    .input(inputOf(revokeNumber))
    .mutation(({ ctx, input }) => revokeNumber(ctx.action, input)),

  doNotCall: signedInProcedure
    .input(inputOf(listDoNotCall))
    .query(({ ctx, input }) => listDoNotCall(ctx.action, input)),
  addDoNotCall: signedInProcedure
    .input(inputOf(addDoNotCall))
    .mutation(({ ctx, input }) => addDoNotCall(ctx.action, input)),
  removeDoNotCall: signedInProcedure
    .input(inputOf(removeDoNotCall))
    .mutation(({ ctx, input }) => removeDoNotCall(ctx.action, input)),

  optOuts: signedInProcedure
    .input(inputOf(listSuppressions))
    .query(({ ctx, input }) => listSuppressions(ctx.action, input)),
  liftOptOut: signedInProcedure
    .input(inputOf(unsuppressSms))
    .mutation(({ ctx, input }) => unsuppressSms(ctx.action, input)),
  stopHeard: signedInProcedure
    .input(inputOf(listStopHeard))
    .query(({ ctx, input }) => listStopHeard(ctx.action, input)),
  dismissStopHeard: signedInProcedure
    .input(inputOf(dismissStopHeard))
    .mutation(({ ctx, input }) => dismissStopHeard(ctx.action, input)),

  hours: signedInProcedure.input(inputOf(hoursByState)).query(({ ctx, input }) => hoursByState(ctx.action, input)),
  rules: signedInProcedure.query(({ ctx }) => getCallingRules(ctx.action, {})),
  setRules: signedInProcedure
    .input(inputOf(setCallingRules))
    .mutation(({ ctx, input }) => setCallingRules(ctx.action, input)),

  refusals: signedInProcedure.input(inputOf(listRefusals)).query(({ ctx, input }) => listRefusals(ctx.action, input)),
  refusalsByGate: signedInProcedure.query(({ ctx }) => refusalsByGate(ctx.action, {})),

  clock: signedInProcedure.query(({ ctx }) => getClock(ctx.action, {})),
  setClock: signedInProcedure.input(inputOf(setClock)).mutation(({ ctx, input }) => setClock(ctx.action, input)),
});
