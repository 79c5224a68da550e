/** What became of an attempt to collect an invoice. */
export type Charge = {
  /** The provider's id of the payment; null where none came into being. */
  paymentId: string | null;
  outcome: "paid" | "pending" | "failed";
  /** What has arrived, where something has. */
  received: { cents: number; currency: string } | null;
  /** Why it failed, in a word of the provider's. */
  reason: string | null;
};

/** Whom a payment is for, as it was said when the payment was made. */
export type ChargeOf = Charge & { orgId: string | null; invoiceId: string | null; attempt: number };

export type ChargeOrder = {
  orgId: string;
  invoiceId: string;
  number: string;
  cents: number;
  currency: string;
  customerId: string;
  paymentMethodId: string;
  /** Which try it is, from 1: the same one is made once, however often it is asked for. */
  attempt: number;
};

/** A person who has been on the provider's page and has left a means of payment there. */
export type Checkout = {
  orgId: string | null;
  customerId: string | null;
  paymentMethodId: string | null;
  /** The plan that was chosen. */
  tier: string | null;
  complete: boolean;
};

/** Something that the provider says has happened: only what it is about. How that stands is asked for. */
export type ProviderEvent = {
  id: string;
  type: string;
  about: { kind: "payment" | "checkout" | "customer"; id: string } | null;
};

/** Who collects the money. Amounts are in cents; nothing of it knows how they came about. */
export type PaymentProvider = {
  name: "manual" | "stripe";
  /** Whether invoices are collected without a person: then a paid plan needs a means of payment. */
  collects: boolean;
  /** The least that can be collected. */
  minimumCents: number;
  createCustomer(of: { orgId: string; name: string; email: string | null }): Promise<string>;
  openCheckout(order: {
    orgId: string;
    customerId: string;
    tier: string;
    currency: string;
    successUrl: string;
    cancelUrl: string;
  }): Promise<string>;
  openPortal(order: { customerId: string; returnUrl: string }): Promise<string>;
  charge(order: ChargeOrder): Promise<Charge>;
  readCharge(paymentId: string): Promise<ChargeOf>;
  readCheckout(sessionId: string): Promise<Checkout>;
  setPaymentMethod(customerId: string, paymentMethodId: string): Promise<void>;
  /** What a customer pays with now, where it has said so on the provider's page; null: nothing. */
  readPaymentMethod(customerId: string): Promise<string | null>;
  /** DomainError BAD_REQUEST for a signature that is wrong or too old. */
  readEvent(payload: string, signature: string, now: Date): ProviderEvent;
};
