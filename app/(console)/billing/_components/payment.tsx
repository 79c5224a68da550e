"use client";

import { useMutation } from "@tanstack/react-query";
import type { Plans } from "#server/domain/plans/offers.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";

/** The way to the payment provider's own page. Where payments are made by hand there is none. */
export function Payment({ plans }: { plans: Plans }) {
  const trpc = useTRPC();
  const toast = useToast();
  const leave = {
    onSuccess: ({ url }: { url: string }) => window.location.assign(url),
    onError: (error: unknown) => toast({ text: "The payment page did not open", error: errorOf(error) }),
  };
  const portal = useMutation(trpc.billing.portal.mutationOptions(leave));
  const checkout = useMutation(trpc.billing.checkout.mutationOptions(leave));
  if (plans.payments === "manual" || (!plans.hasCustomer && plans.current === "FREE")) return null;
  const isPending = portal.isPending || checkout.isPending;
  const open = () => {
    const here = new URL("/billing", window.location.origin).href;
    if (plans.hasCustomer) portal.mutate({ returnUrl: here });
    else checkout.mutate({ tier: plans.current, successUrl: here, cancelUrl: here });
  };
  return (
    <WriteButton disabled={isPending} onClick={open}>
      {plans.hasCustomer ? "Payment method" : "Add a payment method"}
    </WriteButton>
  );
}
