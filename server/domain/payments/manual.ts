import { DomainError, notFound } from "../errors.ts";
import type { PaymentProvider } from "./provider.ts";

/** Without a provider: whoever runs the server marks invoices as paid. */
export const manualPayments: PaymentProvider = {
  name: "manual",
  collects: false,
  minimumCents: 0,
  createCustomer: refuse,
  openCheckout: refuse,
  openPortal: refuse,
  charge: refuse,
  readCharge: refuse,
  readCheckout: refuse,
  setPaymentMethod: refuse,
  readPaymentMethod: refuse,
  readEvent() {
    throw notFound("payment provider");
  },
};

async function refuse(): Promise<never> {
  throw new DomainError(
    "CONFLICT",
    "Payments are made by hand here: change the plan with POST /v1/billing/change-plan; its invoice says to whom it is paid.",
    { details: { payments: "manual" } },
  );
}
