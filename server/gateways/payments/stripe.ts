import Stripe from "stripe";
import { DomainError } from "#server/domain/errors.ts";
import type { Charge, PaymentProvider, ProviderEvent } from "#server/domain/payments/provider.ts";

type Config = { secretKey: string; webhookSecret: string; apiBase: string };

const TIMEOUT_MS = 10_000;
const TOLERANCE_S = 300;
/** What Stripe charges at least, in the currencies with cents of which there are the most. */
const MINIMUM_CENTS = 50;

/** Invoices of ours, collected by Stripe from a card that was left on its page. The secret key stays in here. */
export function stripePayments({ secretKey, webhookSecret, apiBase }: Config): PaymentProvider {
  const { hostname, port, protocol } = new URL(apiBase);
  const stripe = new Stripe(secretKey, {
    host: hostname,
    ...(port === "" ? {} : { port }),
    protocol: protocol === "http:" ? "http" : "https",
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 2,
    telemetry: false,
  });

  return {
    name: "stripe",
    collects: true,
    minimumCents: MINIMUM_CENTS,

    async createCustomer({ orgId, name, email }) {
      const customer = await asked(
        stripe.customers.create(
          { name, metadata: { org_id: orgId }, ...(email === null ? {} : { email }) },
          { idempotencyKey: `customer-${orgId}` },
        ),
      );
      return customer.id;
    },

    async openCheckout({ orgId, customerId, tier, currency, successUrl, cancelUrl }) {
      const session = await asked(
        stripe.checkout.sessions.create({
          mode: "setup",
          customer: customerId,
          currency: currency.toLowerCase(),
          client_reference_id: orgId,
          metadata: { org_id: orgId, tier },
          success_url: successUrl,
          cancel_url: cancelUrl,
        }),
      );
      if (!session.url) throw unavailable("no address of the page");
      return session.url;
    },

    async openPortal({ customerId, returnUrl }) {
      const create = stripe.billingPortal.sessions.create({ customer: customerId, return_url: returnUrl });
      return (await asked(create)).url;
    },

    async charge({ orgId, invoiceId, number, cents, currency, customerId, paymentMethodId, attempt }) {
      const create = stripe.paymentIntents.create(
        {
          amount: cents,
          currency: currency.toLowerCase(),
          customer: customerId,
          payment_method: paymentMethodId,
          off_session: true,
          confirm: true,
          description: `Invoice ${number}`,
          metadata: { org_id: orgId, invoice_id: invoiceId, attempt: String(attempt) },
        },
        { idempotencyKey: `invoice-${invoiceId}-${attempt}` },
      );
      try {
        return toCharge(await create);
      } catch (error) {
        const refused = refusalOf(error);
        if (refused) return refused;
        throw toUnavailable(error);
      }
    },

    async readCharge(paymentId) {
      const intent = await asked(stripe.paymentIntents.retrieve(paymentId));
      const { org_id: orgId = null, invoice_id: invoiceId = null, attempt = "0" } = intent.metadata;
      return { ...toCharge(intent), orgId, invoiceId, attempt: Number(attempt) };
    },

    async readCheckout(sessionId) {
      const session = await asked(stripe.checkout.sessions.retrieve(sessionId, { expand: ["setup_intent"] }));
      const setup = typeof session.setup_intent === "object" ? session.setup_intent : null;
      return {
        orgId: session.metadata?.org_id ?? null,
        customerId: idOf(session.customer),
        paymentMethodId: idOf(setup?.payment_method ?? null),
        tier: session.metadata?.tier ?? null,
        complete: session.status === "complete",
      };
    },

    async setPaymentMethod(customerId, paymentMethodId) {
      const settings = { invoice_settings: { default_payment_method: paymentMethodId } };
      await asked(stripe.customers.update(customerId, settings));
    },

    async readPaymentMethod(customerId) {
      const customer = await asked(stripe.customers.retrieve(customerId));
      return customer.deleted ? null : idOf(customer.invoice_settings.default_payment_method);
    },

    readEvent(payload, signature, now) {
      return toEvent(checkedEvent(stripe, payload, signature, webhookSecret, now));
    },
  };
}

function checkedEvent(stripe: Stripe, payload: string, signature: string, secret: string, now: Date): Stripe.Event {
  try {
    return stripe.webhooks.constructEvent(payload, signature, secret, TOLERANCE_S, undefined, now.getTime());
  } catch {
    // Its own error quotes the payload.
    throw new DomainError("BAD_REQUEST", "The signature of the event is wrong or too old.", {
      details: { field: "stripe-signature" },
    });
  }
}

function toEvent(event: Stripe.Event): ProviderEvent {
  const object = event.data.object as { id?: string; customer?: unknown };
  return { id: event.id, type: event.type, about: aboutOf(event.type, object) };
}

function aboutOf(type: string, object: { id?: string; customer?: unknown }): ProviderEvent["about"] {
  const about = (kind: "payment" | "checkout" | "customer", id: unknown) =>
    typeof id === "string" ? { kind, id } : null;
  if (type.startsWith("payment_intent.")) return about("payment", object.id);
  if (type === "checkout.session.completed") return about("checkout", object.id);
  if (type === "customer.updated") return about("customer", object.id);
  return null;
}

function toCharge(intent: Stripe.PaymentIntent): Charge {
  const { id: paymentId, status, last_payment_error: error, amount_received: cents, currency } = intent;
  if (status === "succeeded") {
    return { paymentId, outcome: "paid", received: { cents, currency: currency.toUpperCase() }, reason: null };
  }
  if (status === "processing") return { paymentId, outcome: "pending", received: null, reason: null };
  return { paymentId, outcome: "failed", received: null, reason: error?.decline_code ?? error?.code ?? status };
}

/** An answer that says no for good: the bank's, or that the means of payment is no longer there. */
function refusalOf(error: unknown): Charge | null {
  if (error instanceof Stripe.errors.StripeCardError) {
    const reason = error.decline_code ?? error.code ?? "card_error";
    return { paymentId: error.payment_intent?.id ?? null, outcome: "failed", received: null, reason };
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError && error.param === "payment_method") {
    return { paymentId: null, outcome: "failed", received: null, reason: error.code ?? "payment_method" };
  }
  return null;
}

async function asked<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw toUnavailable(error);
  }
}

/** Of the provider's error only what it is: the rest holds parts of the request and secrets of payments. */
function toUnavailable(error: unknown): DomainError {
  if (!(error instanceof Stripe.errors.StripeError)) return unavailable("no answer");
  return unavailable([error.type, error.code, error.param, error.requestId].filter(Boolean).join(" "));
}

function unavailable(what: string): DomainError {
  return new DomainError("SERVICE_UNAVAILABLE", "The payment provider cannot do this now. Try again later.", {
    details: {},
    cause: new Error(`stripe: ${what}`),
  });
}

function idOf(value: string | { id: string } | null): string | null {
  return value === null || typeof value === "string" ? value : value.id;
}
