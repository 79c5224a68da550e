"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Choice } from "../../../_ui/choice.tsx";
import { ColumnsMenu, useColumns } from "../../../_ui/columns.tsx";
import { DataTable } from "../../../_ui/data-table.tsx";
import { SearchField } from "../../../_ui/search-field.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { agentColumns } from "./agent-columns.tsx";
import { agentsInput, agentsView } from "./agents-view.ts";
import { CreateAgentSheet } from "./create-agent-sheet.tsx";
import { SwitchNote } from "./switch-note.tsx";
import { useAgentStatus } from "./use-agent-status.ts";

const STATUSES = [
  ["all", "Active and paused"],
  ["active", "Active"],
  ["paused", "Paused"],
] as const;

export function AgentList() {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates(agentsView, { history: "push" });
  const { search, status, sort, order } = view;
  const agents = useInfiniteQuery(
    trpc.agents.list.infiniteQueryOptions(agentsInput(view), {
      ...nextPage,
      placeholderData: keepPreviousData,
      // The log keeps it true (FollowAgents); comparing thousands of rows at every page would be felt.
      refetchOnWindowFocus: false,
      structuralSharing: false,
    }),
  );
  const rows = useMemo(() => agents.data?.pages.flatMap((page) => page.items) ?? [], [agents.data]);
  const change = useAgentStatus();
  const [switched, setSwitched] = useState<{ agent: Agent; refused: ErrorView | null } | null>(null);
  const { mutate } = change;
  const onSwitch = useCallback(
    (agent: Agent) => {
      const next = agent.status === "PAUSED" ? "ACTIVE" : "PAUSED";
      setSwitched({ agent: { ...agent, status: next }, refused: null });
      mutate(
        { id: agent.id, status: next },
        { onError: (error) => setSwitched({ agent: { ...agent, status: next }, refused: errorOf(error) }) },
      );
    },
    [mutate],
  );
  const onSearch = useCallback(
    // One step back leads out of a search, not through its letters.
    (text: string) => setView({ search: text || null }, { history: search === "" ? "push" : "replace" }),
    [setView, search],
  );
  const columns = useMemo(() => agentColumns(onSwitch), [onSwitch]);
  const chosen = useColumns("agents", columns);
  const create = (
    <WriteButton variant="primary" onClick={() => setView({ create: "1" })}>
      <Plus aria-hidden /> Create agent
    </WriteButton>
  );
  const isNarrowed = search !== "" || status !== "all";
  return (
    <>
      <PageHead title="Agents" action={create}>
        Each has an address, a key of its own, and a switch to stop it.
      </PageHead>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField label="Search name, slug or address" value={search} onSearch={onSearch} />
        <Choice
          label="Status"
          value={status}
          options={STATUSES}
          onChoose={(next) => setView({ status: next === "all" ? null : next })}
        />
        <div className="ml-auto">
          <ColumnsMenu columns={columns} chosen={chosen} />
        </div>
      </div>
      {switched ? (
        <SwitchNote {...switched} onUndo={() => onSwitch(switched.agent)} onClose={() => setSwitched(null)} />
      ) : null}
      {agents.isError ? (
        <div className="mb-3">
          <ErrorNote error={errorOf(agents.error)} onRetry={() => agents.fetchNextPage()} />
        </div>
      ) : null}
      {agents.isPending ? <SkeletonRows rows={10} what="agents" /> : null}
      {agents.isSuccess && rows.length === 0 ? (
        <NoAgents narrowed={isNarrowed} create={create} onShowAll={() => setView({ search: null, status: null })} />
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          label="Agents"
          rows={rows}
          keyOf={idOf}
          columns={columns}
          shown={chosen.shown}
          sorting={{
            sort,
            order,
            onSort: (next, direction) => setView({ sort: next as typeof sort, order: direction }),
          }}
          pages={agents}
          busy={agents.isPlaceholderData}
        />
      ) : null}
      <CreateAgentSheet
        open={view.create !== null}
        onOpenChange={(open) => setView({ create: open ? "1" : null }, { history: open ? "push" : "replace" })}
      />
    </>
  );
}

const idOf = (agent: Agent) => agent.id;

function NoAgents(props: { narrowed: boolean; create: ReactNode; onShowAll: () => void }) {
  if (!props.narrowed) {
    return (
      <EmptyState title="No agents yet" action={props.create}>
        An agent gets a mail address and a key in one step. With the key its code sends and reads mail over the API.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No agent fits" action={<Button onClick={props.onShowAll}>Show all agents</Button>}>
      No name, slug or address has this text, or none of those that do has this status.
    </EmptyState>
  );
}
