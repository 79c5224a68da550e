"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Phone } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { CallLine } from "#server/domain/call-log/list.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { nextPage } from "../../../_lib/paging.ts";
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
import { AgentPicker } from "../../_components/events/agent-picker.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { callColumns } from "./call-columns.tsx";
import { isRunning } from "./call-words.ts";
import { type CallsView, callsInput, callsView, isNumber } from "./calls-view.ts";

// Whoever only reads the list needs none of these.
const SaidResults = dynamic(patient(() => import("./said-results.tsx").then((module) => module.SaidResults)));
const PlaceCallSheet = dynamic(patient(() => import("./place-call-sheet.tsx").then((module) => module.PlaceCallSheet)));
const SandboxTools = dynamic(patient(() => import("./sandbox-tools.tsx").then((module) => module.SandboxTools)));

const STATES = [
  ["all", "Any state"],
  ["active", "Running"],
  ["ended", "Ended"],
  ["queued", "Queued"],
  ["ringing", "Ringing"],
  ["completed", "Completed"],
  ["no_answer", "No answer"],
  ["busy", "Busy"],
  ["failed", "Failed"],
] as const;
const DIRECTIONS = [
  ["all", "In and out"],
  ["inbound", "Inbound"],
  ["outbound", "Outbound"],
] as const;

export function CallList() {
  const [view, setView] = useQueryStates(callsView, { history: "push" });
  const { q, agent, state, direction } = view;
  const isSaid = q !== "" && !isNumber(q);
  const onSearch = useCallback(
    // One step back leads out of a search, not through its letters.
    (text: string) => setView({ q: text || null }, { history: q === "" ? "push" : "replace" }),
    [setView, q],
  );
  const place = (
    <WriteButton variant="primary" onClick={() => setView({ place: "1" })}>
      <Phone aria-hidden /> Place a call
    </WriteButton>
  );
  return (
    <>
      <PageHead title="Calls" action={place}>
        What your agents say on the telephone, as they say it.
      </PageHead>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField label="A number, or what was said" value={q} onSearch={onSearch} />
        <AgentPicker agent={agent} onChoose={(chosen) => setView({ agent: chosen })} />
        {isSaid ? null : (
          <>
            <Choice
              label="State"
              value={state}
              options={STATES}
              onChoose={(next) => setView({ state: next === "all" ? null : next })}
            />
            <Choice
              label="Direction"
              value={direction}
              options={DIRECTIONS}
              onChoose={(next) => setView({ direction: next === "all" ? null : next })}
            />
          </>
        )}
      </div>
      {isSaid ? (
        <SaidResults view={view} />
      ) : (
        <Lines
          view={view}
          place={place}
          onShowAll={() => setView({ q: null, agent: null, state: null, direction: null })}
        />
      )}
      <Sandbox />
      {view.place === null ? null : <PlaceCallSheet onClose={() => setView({ place: null }, { history: "replace" })} />}
    </>
  );
}

function Lines({ view, place, onShowAll }: { view: CallsView; place: ReactNode; onShowAll: () => void }) {
  const trpc = useTRPC();
  const money = useMoney();
  const nameOf = useAgentNames();
  const calls = useInfiniteQuery(
    trpc.calls.list.infiniteQueryOptions(callsInput(view), { ...nextPage, placeholderData: keepPreviousData }),
  );
  useRefresh(trpc.calls.list.pathFilter(), ({ channel }) => channel === "voice");
  useRefresh(trpc.agents.list.pathFilter(), ({ channel }) => channel === "agent");
  const rows = useMemo(() => calls.data?.pages.flatMap((page) => page.items) ?? [], [calls.data]);
  const columns = callColumns({ nameOf, money });
  const chosen = useColumns("calls", columns);
  const running = rows.filter(isRunning).length;
  const isNarrowed = view.q !== "" || view.agent !== null || view.state !== "all" || view.direction !== "all";
  return (
    <>
      {calls.isError ? (
        <div className="mb-3">
          <ErrorNote error={errorOf(calls.error)} onRetry={() => calls.fetchNextPage()} />
        </div>
      ) : null}
      {calls.isPending ? <SkeletonRows rows={10} what="calls" /> : null}
      {calls.isSuccess && rows.length === 0 ? (
        <NoCalls narrowed={isNarrowed} place={place} onShowAll={onShowAll} />
      ) : null}
      {rows.length > 0 ? (
        <>
          <div className="mb-2 flex min-h-8 items-center justify-between text-[0.8125rem] text-muted">
            <p role="status">
              {running === 0 ? "No call runs." : running === 1 ? "1 call runs." : `${running} calls run.`}
            </p>
            <ColumnsMenu columns={columns} chosen={chosen} />
          </div>
          <DataTable
            label="Calls"
            rows={rows}
            keyOf={idOf}
            columns={columns}
            shown={chosen.shown}
            pages={calls}
            busy={calls.isPlaceholderData}
            toneOf={(call) => (isRunning(call) ? "bg-accent-soft/50 hover:bg-accent-soft" : undefined)}
          />
        </>
      ) : null}
    </>
  );
}

const idOf = (call: CallLine) => call.id;

/** Where the carrier is the sandbox, its other side can be played; folded away until somebody wants to. */
function Sandbox() {
  const trpc = useTRPC();
  const status = useQuery(trpc.server.status.queryOptions());
  const [isOpen, setIsOpen] = useState(false);
  if (status.data?.hasCarrier !== false) return null;
  return (
    <details
      className="mt-6 rounded-lg border border-line bg-surface"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="rounded-lg px-4 py-2.5 font-medium">Sandbox: call one of your numbers</summary>
      {isOpen ? <SandboxTools /> : null}
    </details>
  );
}

function NoCalls({ narrowed, place, onShowAll }: { narrowed: boolean; place: ReactNode; onShowAll: () => void }) {
  if (narrowed) {
    return (
      <EmptyState title="No call fits" action={<Button onClick={onShowAll}>Show all calls</Button>}>
        No call has this number, agent, state and direction together.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No calls yet" action={place}>
      Calls that your agents place or take show up here by themselves, with every word that is said.
    </EmptyState>
  );
}
