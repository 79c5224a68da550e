"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Usage } from "#server/domain/usage/by-day.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { concernsMoney } from "../../_components/concerns-money.ts";
import { PageHead } from "../../_components/page-head.tsx";
import { Forecast } from "./forecast.tsx";
import { Invoices } from "./invoices.tsx";
import { MeterTable } from "./meter-table.tsx";
import { MeterUsage } from "./meter-usage.tsx";
import { monthAfter, monthName, usageInput } from "./month.ts";
import { Plan } from "./plan.tsx";

/** The plan, what was used of it, what that costs, and the invoices. @param month null: the current one */
export function Billing({ month }: { month: string | null }) {
  const trpc = useTRPC();
  const input = usageInput(month);
  const usage = useQuery(trpc.billing.usage.queryOptions(input));
  useRefresh(trpc.billing.usage.queryFilter(input), concernsMoney);
  useRefresh(trpc.billing.plans.queryFilter(), ({ event }) => /^(org|billing|agent)\./.test(event));
  useRefresh(trpc.billing.plan.queryFilter(), ({ event }) => /^(org|agent)\./.test(event));
  return (
    <>
      <PageHead title="Billing">What the plan includes, what was used of it, and what that costs.</PageHead>
      <div className="grid gap-6">
        <Plan />
        {usage.isPending ? <SkeletonRows rows={4} what="the usage" /> : null}
        {usage.isError ? <ErrorNote error={errorOf(usage.error)} onRetry={() => usage.refetch()} /> : null}
        {usage.data ? <Month usage={usage.data} /> : null}
        <Invoices />
      </div>
    </>
  );
}

function Month({ usage }: { usage: Usage }) {
  const { month, currentMonth, firstMonth, meters } = usage;
  const [before, after] = [monthAfter(month, -1), monthAfter(month, 1)];
  return (
    <section aria-labelledby="usage" className="min-w-0">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 id="usage" className="font-semibold">
          Usage in {monthName(month)}
        </h2>
        <div className="flex gap-1">
          <MonthLink to={before} isThere={before >= firstMonth} label={`To ${monthName(before)}`}>
            <ChevronLeft />
          </MonthLink>
          <MonthLink to={after} isThere={after <= currentMonth} label={`To ${monthName(after)}`}>
            <ChevronRight />
          </MonthLink>
        </div>
      </div>
      <div className="grid gap-3">
        <MeterTable usage={usage} />
        {meters
          .filter(({ offered, total }) => offered || total !== 0)
          .map((meter) => (
            <MeterUsage key={meter.meter} usage={usage} meter={meter} />
          ))}
        {month === currentMonth ? <Forecast usage={usage} /> : null}
      </div>
      <p className="mt-3 max-w-prose text-[0.8125rem] text-muted">
        Counted is what was accepted; what was refused is not. Days and months are those of {usage.timeZone}. A unit
        costs what it cost at the moment it was accepted.{" "}
        <Link href="/caps" className="text-accent underline underline-offset-2">
          Caps
        </Link>{" "}
        say how much may be spent.
      </p>
    </section>
  );
}

function MonthLink(props: { to: string; isThere: boolean; label: string; children: ReactNode }) {
  const { to, isThere, label, children } = props;
  if (!isThere) {
    return (
      <Button variant="ghost" size="icon" disabled aria-label={label}>
        {children}
      </Button>
    );
  }
  return (
    <Button variant="ghost" size="icon" asChild>
      <Link href={`/billing?month=${to}`} aria-label={label} scroll={false}>
        {children}
      </Link>
    </Button>
  );
}
