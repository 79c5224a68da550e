import { billingState } from "#server/domain/billing/billing-state.ts";
import { listCapChanges } from "#server/domain/billing/cap-changes.ts";
import { getAgentHardCap, setAgentHardCap, setHardCap } from "#server/domain/billing/hard-cap.ts";
import { listReservations } from "#server/domain/billing/open-reservations.ts";
import { capWarnings } from "#server/domain/billing/warned.ts";
import { listInvoices } from "#server/domain/invoices/list.ts";
import { getPlan } from "#server/domain/organizations/plan.ts";
import { openCheckout, openPortal } from "#server/domain/payments/pages.ts";
import { payInvoice } from "#server/domain/payments/pay-invoice.ts";
import { changePlan } from "#server/domain/plans/change.ts";
import { listPlans } from "#server/domain/plans/offers.ts";
import { usageByDay } from "#server/domain/usage/by-day.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** The plan, what is used of it, and the caps. */
export const billingRouter = router({
  plan: signedInProcedure.query(({ ctx }) => getPlan(ctx.action, {})),
  /** The plans that there are, and what a change would cost. */
  plans: signedInProcedure.query(({ ctx }) => listPlans(ctx.action, {})),
  changePlan: signedInProcedure.input(inputOf(changePlan)).mutation(({ ctx, input }) => changePlan(ctx.action, input)),
  /** The provider's page on which means of payment are seen and changed. */
  portal: signedInProcedure.input(inputOf(openPortal)).mutation(({ ctx, input }) => openPortal(ctx.action, input)),
  checkout: signedInProcedure
    .input(inputOf(openCheckout))
    .mutation(({ ctx, input }) => openCheckout(ctx.action, input)),
  payInvoice: signedInProcedure.input(inputOf(payInvoice)).mutation(({ ctx, input }) => payInvoice(ctx.action, input)),
  invoices: signedInProcedure.input(inputOf(listInvoices)).query(({ ctx, input }) => listInvoices(ctx.action, input)),
  usage: signedInProcedure.input(inputOf(usageByDay)).query(({ ctx, input }) => usageByDay(ctx.action, input)),
  /** All limits and where they stand. */
  state: signedInProcedure.query(({ ctx }) => billingState(ctx.action, {})),
  setHardCap: signedInProcedure.input(inputOf(setHardCap)).mutation(({ ctx, input }) => setHardCap(ctx.action, input)),
  agentHardCap: signedInProcedure
    .input(inputOf(getAgentHardCap))
    .query(({ ctx, input }) => getAgentHardCap(ctx.action, input)),
  setAgentHardCap: signedInProcedure
    .input(inputOf(setAgentHardCap))
    .mutation(({ ctx, input }) => setAgentHardCap(ctx.action, input)),
  capChanges: signedInProcedure
    .input(inputOf(listCapChanges))
    .query(({ ctx, input }) => listCapChanges(ctx.action, input)),
  reservations: signedInProcedure
    .input(inputOf(listReservations))
    .query(({ ctx, input }) => listReservations(ctx.action, input)),
  warnings: signedInProcedure.query(({ ctx }) => capWarnings(ctx.action, {})),
});
