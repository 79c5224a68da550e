import { Readable } from "node:stream";
import { z } from "zod";
import { getAgentHardCap, getHardCap, setAgentHardCap, setHardCap } from "#server/domain/billing/hard-cap.ts";
import { HardCap } from "#server/domain/billing/state.ts";
import { BillingTier, Feature, getBillingTier, getFeature } from "#server/domain/billing/tier.ts";
import { BillingUsage, getBillingUsage, getOrgUsage, OrgUsage } from "#server/domain/billing/usage.ts";
import { BillingDetails, getBillingDetails, setBillingDetails } from "#server/domain/invoices/details.ts";
import { getInvoice } from "#server/domain/invoices/get.ts";
import { getInvoicePdf } from "#server/domain/invoices/get-pdf.ts";
import { listInvoices } from "#server/domain/invoices/list.ts";
import { Invoice } from "#server/domain/invoices/schemas.ts";
import { Received, receivePaymentEvent } from "#server/domain/payments/events.ts";
import { openCheckout, openPortal, PaymentPage } from "#server/domain/payments/pages.ts";
import { payInvoice } from "#server/domain/payments/pay-invoice.ts";
import { ContactRequest, changePlan, contactEnterprise, PlanChange } from "#server/domain/plans/change.ts";
import { readBody } from "../body.ts";
import { fileResponse } from "../file-response.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf } from "./common.ts";

const tag = "Billing";
const InvoicePage = pageOf(Invoice, "InvoicePage").extend({ hasMore: z.boolean() }).meta({ id: "InvoicePage" });

export const billingRoutes: RouteDefinition[] = [
  route("get", "/billing/hard-cap", getHardCap, {
    tag,
    summary: "The organisation's caps, and how far they are used up",
    response: HardCap,
  }),
  route("put", "/billing/hard-cap", setHardCap, {
    tag,
    summary: "Change the organisation's caps; what is not named stays",
    response: HardCap,
  }),
  route("get", "/agents/{id}/hard-cap", getAgentHardCap, { tag, summary: "An agent's caps", response: HardCap }),
  route("put", "/agents/{id}/hard-cap", setAgentHardCap, {
    tag,
    summary: "Change an agent's caps; what is not named stays",
    response: HardCap,
  }),
  route("get", "/billing/tier", getBillingTier, { tag, summary: "The organisation's plan", response: BillingTier }),
  route("get", "/billing/usage", getBillingUsage, {
    tag,
    summary: "What was used in a month and what it costs, line by line",
    response: BillingUsage,
  }),
  route("get", "/orgs/me/usage", getOrgUsage, { tag, summary: "The counters of a month", response: OrgUsage }),
  route("get", "/billing/features/{feature}", getFeature, {
    tag,
    summary: "Whether the plan has a feature",
    response: Feature,
  }),
  route("get", "/billing/invoices", listInvoices, {
    tag,
    summary: "The organisation's invoices, the newest first",
    response: InvoicePage,
  }),
  route("get", "/billing/invoices/{id}", getInvoice, { tag, summary: "An invoice, line by line", response: Invoice }),
  route("get", "/billing/invoices/{id}/pdf", getInvoicePdf, {
    tag,
    summary: "An invoice as a PDF document",
    response: z.unknown(),
    respond: (_c, { filename, content }) =>
      fileResponse(Readable.from([content]), { filename, mimeType: "application/pdf" }),
    mediaType: "application/pdf",
  }),
  route("get", "/billing/details", getBillingDetails, {
    tag,
    summary: "To whom invoices are made out",
    response: BillingDetails,
  }),
  route("put", "/billing/details", setBillingDetails, {
    tag,
    summary: "Say to whom invoices are made out; what is not named stays",
    response: BillingDetails,
  }),
  route("post", "/billing/change-plan", changePlan, {
    tag,
    summary: "Change the plan: to a larger one at once, to a smaller one when the month ends",
    response: PlanChange,
  }),
  route("post", "/billing/contact-enterprise", contactEnterprise, {
    tag,
    summary: "Ask whoever runs the server for a plan that is agreed",
    response: ContactRequest,
  }),
  route("post", "/billing/invoices/{id}/pay", payInvoice, {
    tag,
    summary: "Mark an invoice as paid, where payments are made by hand",
    response: Invoice,
  }),
  // A second page is harmless, and nothing is kept of the first: no transaction waits for the provider.
  route("post", "/billing/checkout", openCheckout, {
    tag,
    summary: "Open the provider's page to give a means of payment for a plan",
    response: PaymentPage,
    idempotency: "none",
  }),
  route("post", "/billing/portal", openPortal, {
    tag,
    summary: "Open the provider's page to see and change means of payment",
    response: PaymentPage,
    idempotency: "none",
  }),
  route("post", "/billing/webhooks/stripe", receivePaymentEvent, {
    tag,
    summary: "Where Stripe sends its events; needs their signature",
    response: Received,
    idempotency: "none",
    authentication: "signature",
    read: async (c) => ({
      payload: (await readBody(c)).toString(),
      signature: c.req.header("stripe-signature") ?? "",
    }),
  }),
];
