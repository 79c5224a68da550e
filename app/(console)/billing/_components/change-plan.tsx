"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Plans } from "#server/domain/plans/offers.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";

type PlanView = Plans["plans"][number];

/** Chooses another plan, and says what it costs and when it takes effect before it is done. */
export function ChangePlan({ plans }: { plans: Plans }) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Tier>(plans.current);
  const change = useMutation(
    trpc.billing.changePlan.mutationOptions({
      onSuccess: async ({ status, message }) => {
        // Nothing was changed: the answer says what must happen first.
        if (status === "error") return;
        await queryClient.invalidateQueries(trpc.billing.pathFilter());
        setOpen(false);
        toast({ text: message, tone: "good" });
      },
    }),
  );
  const checkout = useMutation(
    trpc.billing.checkout.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  const reset = () => {
    change.reset();
    checkout.reset();
  };
  const turn = (next: boolean) => {
    reset();
    setChosen(plans.scheduled ?? plans.current);
    setOpen(next);
  };
  const isSame = chosen === (plans.scheduled ?? plans.current);
  const isUpgrade = plans.plans.find(({ tier }) => tier === chosen)?.change?.at === "now";
  // Enterprise is agreed, not bought: the answer to the change says with whom.
  const paysFirst = plans.needsPaymentMethod && isUpgrade && chosen !== "ENTERPRISE";
  const choose = () => {
    if (!paysFirst) return change.mutate({ tier: chosen });
    const here = new URL("/billing", window.location.origin).href;
    checkout.mutate({ tier: chosen, successUrl: here, cancelUrl: here });
  };
  const failure = change.error ?? checkout.error;
  return (
    <>
      <WriteButton onClick={() => turn(true)}>Change plan</WriteButton>
      <Modal
        open={open}
        onOpenChange={turn}
        title="Change the plan"
        description="A dearer plan begins at once, a cheaper one when the month ends."
      >
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            choose();
          }}
        >
          <fieldset className="grid gap-2">
            <legend className="sr-only">Plan</legend>
            {plans.plans.map((plan) => (
              <Offer
                key={plan.tier}
                plan={plan}
                chosen={chosen === plan.tier}
                onChoose={() => {
                  reset();
                  setChosen(plan.tier);
                }}
              />
            ))}
          </fieldset>
          {change.data?.status === "error" ? (
            <p role="alert" className="rounded-md border border-danger/40 bg-danger-soft p-3">
              The plan was not changed. {change.data.message}
            </p>
          ) : (
            <Effect plans={plans} chosen={chosen} paysFirst={paysFirst} />
          )}
          {failure ? <ErrorNote error={errorOf(failure)} /> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={() => turn(false)}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={isSame || change.isPending || checkout.isPending}>
              {chosen === plans.current
                ? `Stay with ${chosen}`
                : paysFirst
                  ? "Continue to payment"
                  : `Change to ${chosen}`}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}

function Offer({ plan, chosen, onChoose }: { plan: PlanView; chosen: boolean; onChoose: () => void }) {
  const money = useMoney();
  const { tier, priceCents, agents, meters, change } = plan;
  const { included } = meters.email_sent;
  return (
    <label
      className={cn(
        "flex cursor-pointer items-center gap-3 rounded-md border px-3 py-2",
        chosen ? "border-accent" : "border-line",
      )}
    >
      <input type="radio" name="plan" className="accent-accent-fill" checked={chosen} onChange={onChoose} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2 font-medium">
          {tier} {change === null ? <Badge tone="good">yours</Badge> : null}
        </span>
        <span className="block text-[0.8125rem] text-muted">
          {agents === null ? "any number of agents" : `${numberText(agents)} agents`},{" "}
          {included === null ? "all mails" : `${numberText(included)} mails`} included
        </span>
      </span>
      <span className="text-right font-mono tabular-nums">
        {money(priceCents * 10_000)}
        <span className="block font-sans text-[0.75rem] text-muted">a month</span>
      </span>
    </label>
  );
}

function Effect({ plans, chosen, paysFirst }: { plans: Plans; chosen: Tier; paysFirst: boolean }) {
  const money = useMoney();
  const change = plans.plans.find(({ tier }) => tier === chosen)?.change;
  if (!change) {
    if (!plans.scheduled || chosen !== plans.current) return null;
    return <Note>{`The change to ${plans.scheduled} is taken back.`}</Note>;
  }
  return (
    <Note>
      {change.at === "now" ? (
        <>
          {paysFirst
            ? "The payment provider's page asks for a means of payment; with that it begins."
            : "It begins at once."}{" "}
          This month's invoice grows by {money(Math.ceil(change.micros / 10_000) * 10_000)}: the difference of the
          prices for the seconds that are left of the month.
        </>
      ) : (
        <>
          It begins when the month ends, <Time at={plans.periodEnd} format="short" />; until then {plans.current} goes
          on. Nothing is paid back.
        </>
      )}
      {change.mustGo.map(({ resource, used, allowed, excess }) => (
        <span key={resource} className="mt-1 block text-danger">
          {numberText(excess)} of {numberText(used)} {resource} must go: {chosen} allows {numberText(allowed)}.
          Otherwise the present plan goes on.
        </span>
      ))}
    </Note>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <p role="status" className="rounded-md bg-raised px-3 py-2 text-[0.8125rem]">
      {children}
    </p>
  );
}
