"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { meterName } from "../../_components/meter-names.ts";
import { ofAgent } from "./caps-view.ts";

/** What is held for what has begun and is not settled: it counts as used until it is settled or lapses. */
export function Reservations({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const money = useMoney();
  const list = useInfiniteQuery(trpc.billing.reservations.infiniteQueryOptions(ofAgent(agentId), nextPage));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="reservations">
      <h2 id="reservations" className="mb-2 font-semibold">
        Reservations in flight
      </h2>
      {list.isPending ? <SkeletonRows rows={1} what="reservations" /> : null}
      {list.isError ? <ErrorNote error={errorOf(list.error)} onRetry={() => list.refetch()} /> : null}
      {list.isSuccess && items.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
          None: nothing is under way whose cost is not known yet. A call reserves the minutes that it may last; mail
          never reserves, its price is known when it is accepted.
        </p>
      ) : null}
      {items.length > 0 ? (
        <div className="overflow-x-auto rounded-lg border border-line bg-surface">
          <table className="w-full text-left text-[0.8125rem]">
            <thead className="border-line border-b text-[0.75rem] text-muted">
              <tr>
                <th scope="col" className="px-4 py-2 font-medium">
                  For
                </th>
                <th scope="col" className="px-2 py-2 text-right font-medium">
                  Held
                </th>
                <th scope="col" className="px-2 py-2 text-right font-medium">
                  Money
                </th>
                <th scope="col" className="hidden px-2 py-2 font-medium sm:table-cell">
                  Since
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  Lapses
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id} className="border-line border-b last:border-b-0">
                  <th scope="row" className="px-4 py-2 font-normal">
                    <Link href={`/agents/${item.agentId}`} className="hover:underline">
                      {item.agentName ?? item.agentId}
                    </Link>
                    <span className="block text-muted">{meterName(item.meter)}</span>
                  </th>
                  <td className="px-2 py-2 text-right font-mono tabular-nums">{numberText(item.units)}</td>
                  <td className="px-2 py-2 text-right font-mono tabular-nums">{money(item.micros)}</td>
                  <td className="hidden px-2 py-2 sm:table-cell">
                    <Time at={item.createdAt} format="relative" />
                  </td>
                  <td className="px-4 py-2">
                    <Time at={item.expiresAt} format="relative" />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <ShowMore pages={list} />
    </section>
  );
}
