import type { Metadata } from "next";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { Billing } from "./_components/billing.tsx";
import { INVOICES, monthOf, usageInput } from "./_components/month.ts";

export const metadata: Metadata = { title: "Billing" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function BillingPage({ searchParams }: Props) {
  const month = monthOf((await searchParams).month);
  await requireSession(month ? `/billing?month=${month}` : "/billing");
  await Promise.all([
    pageQueries().prefetchQuery(trpc.billing.plan.queryOptions()),
    pageQueries().prefetchQuery(trpc.billing.plans.queryOptions()),
    pageQueries().prefetchQuery(trpc.billing.usage.queryOptions(usageInput(month))),
    pageQueries().prefetchInfiniteQuery(trpc.billing.invoices.infiniteQueryOptions(INVOICES, nextPage)),
  ]);
  return (
    <Hydrated>
      <Billing month={month} />
    </Hydrated>
  );
}
