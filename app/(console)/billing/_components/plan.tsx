"use client";

import { useQuery } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { byteSize, numberText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { ChangePlan } from "./change-plan.tsx";
import { Payment } from "./payment.tsx";

/** The plan, its price, what it includes, and the way to another one. */
export function Plan() {
  const trpc = useTRPC();
  const money = useMoney();
  const plan = useQuery(trpc.billing.plan.queryOptions());
  const plans = useQuery(trpc.billing.plans.queryOptions());
  const error = plan.error ?? plans.error;
  if (error) return <ErrorNote error={errorOf(error)} onRetry={() => Promise.all([plan.refetch(), plans.refetch()])} />;
  if (!plan.data || !plans.data) return <SkeletonRows rows={2} what="the plan" />;
  const { tier, agents, agentsUsed, emailsPerMonth, storageGb, storedBytes, requestsPerMinute, requestsPerSecond } =
    plan.data;
  const own = plans.data.plans.find((each) => each.tier === tier);
  const facts = [
    ["Plan", tier],
    ["Price a month", own ? money(own.priceCents * 10_000) : "–"],
    ["Agents", `${numberText(agentsUsed)} of ${agents === null ? "any number" : numberText(agents)}`],
    ["Mails included", emailsPerMonth === null ? "all" : numberText(emailsPerMonth)],
    ["Stored", storageGb === null ? byteSize(storedBytes) : `${byteSize(storedBytes)} of ${numberText(storageGb)} GB`],
    ["Requests", `${numberText(requestsPerMinute)} a minute, ${numberText(requestsPerSecond)} a second`],
  ] as const;
  const { scheduled, overdueSince, periodEnd } = plans.data;
  return (
    <section aria-label="Plan" className="rounded-lg border border-line bg-surface">
      <div className="flex flex-col items-start gap-4 p-4 lg:flex-row lg:justify-between">
        <dl className="grid w-full min-w-0 flex-1 grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3">
          {facts.map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="text-[0.8125rem] text-muted">{name}</dt>
              <dd className="font-mono tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="flex flex-wrap gap-2">
          <Payment plans={plans.data} />
          <ChangePlan plans={plans.data} />
        </div>
      </div>
      {scheduled ? (
        <p className="border-line border-t px-4 py-2.5 text-[0.8125rem]">
          From <Time at={periodEnd} format="short" /> on the plan is <span className="font-mono">{scheduled}</span>.
          Until then {tier} goes on.
        </p>
      ) : null}
      {overdueSince ? (
        <p role="alert" className="border-line border-t bg-danger-soft px-4 py-2.5 text-[0.8125rem]">
          An invoice is unpaid since <Time at={overdueSince} format="short" />: nothing beyond what the plan includes is
          accepted until it is paid.
        </p>
      ) : null}
    </section>
  );
}
