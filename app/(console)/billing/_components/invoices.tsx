"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { Invoice } from "#server/domain/invoices/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { moneyText } from "../../../_lib/money.tsx";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { MarkPaid } from "./mark-paid.tsx";
import { INVOICES } from "./month.ts";

const TONES = { draft: "neutral", open: "warn", paid: "good", uncollectible: "bad", void: "neutral" } as const;

/** The invoices, the newest first. */
export function Invoices() {
  const trpc = useTRPC();
  const list = useInfiniteQuery(trpc.billing.invoices.infiniteQueryOptions(INVOICES, nextPage));
  useRefresh(trpc.billing.invoices.pathFilter(), ({ event }) => event.startsWith("billing."));
  const plans = useQuery(trpc.billing.plans.queryOptions());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="invoices" className="min-w-0">
      <h2 id="invoices" className="mb-2 font-semibold">
        Invoices
      </h2>
      {list.isPending ? <SkeletonRows rows={2} what="the invoices" /> : null}
      {list.isError ? <ErrorNote error={errorOf(list.error)} onRetry={() => list.refetch()} /> : null}
      {list.isSuccess && items.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
          None yet. The first one is made when the month ends.
        </p>
      ) : null}
      {items.length > 0 ? (
        <div className="overflow-x-auto rounded-lg border border-line bg-surface">
          <table className="w-full text-left text-[0.8125rem]">
            <thead className="border-line border-b text-[0.75rem] text-muted">
              <tr>
                <th scope="col" className="py-2 pr-2 pl-3 font-medium sm:px-4">
                  Invoice
                </th>
                <th scope="col" className="hidden px-2 py-2 font-medium sm:table-cell">
                  Of
                </th>
                <th scope="col" className="px-2 py-2 font-medium">
                  Status
                </th>
                <th scope="col" className="px-2 py-2 text-right font-medium">
                  Amount
                </th>
                <th scope="col" className="px-2 py-2">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((invoice) => (
                <Row key={invoice.id} invoice={invoice} isPaidByHand={plans.data?.payments === "manual"} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <ShowMore pages={list} />
    </section>
  );
}

function Row({ invoice, isPaidByHand }: { invoice: Invoice; isPaidByHand: boolean }) {
  const { id, number, status, periodStart, periodEnd, dueAt, paidAt, closedAt, closedReason, totalCents, currency } =
    invoice;
  return (
    <tr className="border-line border-b last:border-b-0">
      <th scope="row" className="py-2 pr-2 pl-3 font-mono font-normal sm:px-4">
        {number}
      </th>
      <td className="hidden px-2 py-2 text-muted sm:table-cell">
        <Time at={periodStart} format="day" /> to <Time at={periodEnd} format="day" />
      </td>
      <td className="px-2 py-2">
        <Badge tone={TONES[status]}>{status === "uncollectible" ? "written off" : status}</Badge>
        <span className="mt-0.5 block text-[0.75rem] text-muted">
          {paidAt ? <Time at={paidAt} format="day" /> : null}
          {!paidAt && status === "open" ? (
            <>
              due <Time at={dueAt} format="day" />
            </>
          ) : null}
          {!paidAt && closedAt ? (
            <>
              <Time at={closedAt} format="day" />: <span className="break-words">{closedReason}</span>
            </>
          ) : null}
        </span>
      </td>
      <td className="px-2 py-2 text-right font-mono tabular-nums">{moneyText(totalCents * 10_000, currency)}</td>
      <td className="py-1 pr-2 text-right sm:pr-4 sm:pl-2">
        <div className="flex flex-col items-end justify-end gap-1 sm:flex-row sm:items-center">
          {isPaidByHand && (status === "open" || status === "uncollectible") ? <MarkPaid invoice={invoice} /> : null}
          <Button variant="ghost" size="sm" asChild>
            <a href={`/api/invoice/${id}`} download aria-label={`Download ${number} as PDF`}>
              <Download aria-hidden /> PDF
            </a>
          </Button>
        </div>
      </td>
    </tr>
  );
}
