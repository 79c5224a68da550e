"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import type { NumbersOverview, NumberView } from "#server/domain/phone-numbers/overview.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Button } from "../../../_ui/button.tsx";
import { Choice } from "../../../_ui/choice.tsx";
import { ColumnsMenu, useColumns } from "../../../_ui/columns.tsx";
import { DataTable } from "../../../_ui/data-table.tsx";
import { SearchField } from "../../../_ui/search-field.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { CarrierNote } from "../../_components/carrier-note.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { useNumberTerms } from "../../_components/use-number-terms.ts";
import { numberColumns } from "./number-columns.tsx";
import { fits, numbersView } from "./numbers-view.ts";

const BuyNumber = dynamic(patient(() => import("./buy-number.tsx").then((module) => module.BuyNumber)));
const ReleaseNumber = dynamic(patient(() => import("./release-number.tsx").then((module) => module.ReleaseNumber)));

// What changes the list, and what the counts of the month are made of.
const CONCERNS = /^voice\.number\.|^sms\.(queued|received)$|^voice\.call\.|^agent\.(updated|deleted)$/;
// The whole list is there at once.
const ONE_PAGE = { hasNextPage: false, isFetchingNextPage: false, isError: false, fetchNextPage: () => {} };

/** The organisation's telephone numbers, and how to get and release one. */
export function NumbersPage() {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates(numbersView, { history: "push" });
  const overview = useQuery(trpc.numbers.overview.queryOptions());
  useRefresh(trpc.numbers.overview.queryFilter(), ({ event }) => CONCERNS.test(event));
  const get = (
    <WriteButton variant="primary" onClick={() => setView({ buy: view.agent ?? "new" })}>
      <Plus aria-hidden /> Get a number
    </WriteButton>
  );
  return (
    <>
      <PageHead title="Numbers" action={get}>
        What your agents call and text from, and are reached at.
      </PageHead>
      {overview.isPending ? <SkeletonRows rows={6} what="numbers" /> : null}
      {overview.isError ? <ErrorNote error={errorOf(overview.error)} onRetry={() => overview.refetch()} /> : null}
      {overview.data ? (
        <>
          <CarrierNote carrier={overview.data.carrier} />
          {overview.data.items.length === 0 ? (
            <EmptyState title="No numbers yet" action={get}>
              With a number an agent can text and call, within the law of whoever it reaches, and people can reach it.
            </EmptyState>
          ) : (
            <NumberList overview={overview.data} />
          )}
        </>
      ) : null}
      {view.buy === null || !overview.data ? null : (
        <BuyNumber
          agentId={view.buy === "new" ? null : view.buy}
          held={overview.data.items.length}
          onClose={() => setView({ buy: null }, { history: "replace" })}
        />
      )}
    </>
  );
}

function NumberList({ overview: { items, most } }: { overview: NumbersOverview }) {
  const [{ search, agent }, setView] = useQueryStates(numbersView, { history: "push" });
  const [released, setReleased] = useState<NumberView | null>(null);
  const { monthlyMicros } = useNumberTerms();
  const columns = useMemo(
    () => numberColumns({ items, most, monthlyMicros, onRelease: setReleased }),
    [items, most, monthlyMicros],
  );
  const chosen = useColumns("numbers", columns);
  const onSearch = useCallback(
    (text: string) => setView({ search: text || null }, { history: search === "" ? "push" : "replace" }),
    [setView, search],
  );
  const rows = useMemo(() => items.filter((number) => fits(number, search, agent)), [items, search, agent]);
  const agents = new Map(items.map(({ agentId, agentName }) => [agentId, agentName]));
  const choices = [["", "All agents"], ...agents] as const;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField label="Search digits or agent" value={search} onSearch={onSearch} />
        <Choice
          label="Agent"
          value={agent ?? ""}
          options={choices}
          onChoose={(next) => setView({ agent: next || null })}
        />
        <div className="ml-auto">
          <ColumnsMenu columns={columns} chosen={chosen} />
        </div>
      </div>
      {rows.length === 0 ? (
        <EmptyState
          title="No number fits"
          action={<Button onClick={() => setView({ search: null, agent: null })}>Show all numbers</Button>}
        >
          None has these digits, or none of this agent's does.
        </EmptyState>
      ) : (
        <DataTable label="Numbers" rows={rows} keyOf={idOf} columns={columns} shown={chosen.shown} pages={ONE_PAGE} />
      )}
      {released ? (
        <ReleaseNumber
          key={released.id}
          number={released}
          others={items.filter(({ agentId, id }) => agentId === released.agentId && id !== released.id)}
          onClose={() => setReleased(null)}
        />
      ) : null}
    </>
  );
}

const idOf = (number: NumberView) => number.id;
