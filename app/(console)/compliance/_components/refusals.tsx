"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Choice } from "../../../_ui/choice.tsx";
import { ColumnsMenu, useColumns } from "../../../_ui/columns.tsx";
import { type DataColumn, DataTable } from "../../../_ui/data-table.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { gateName } from "../../_components/gates/gate-names.ts";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { ChainLink } from "./chain-link.tsx";
import { complianceView, refusalsInput } from "./compliance-view.ts";
import { GateBars } from "./gate-bars.tsx";
import { type Refusal, refusalOf } from "./refusal.ts";
import { useFollowed } from "./use-changed.ts";
import { listOptions } from "./use-list.ts";

const RefusalSheet = dynamic(patient(() => import("./refusal-sheet.tsx").then((module) => module.RefusalSheet)));

const CHANNELS = [
  ["all", "Calls and texts"],
  ["voice", "Calls"],
  ["sms", "Texts"],
] as const;

/** What was refused: by gate, and the last ones with the facts that decided. */
export function Refusals() {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const [view, setView] = useQueryStates(complianceView, { history: "push" });
  const counts = useQuery(trpc.compliance.refusalsByGate.queryOptions());
  const list = useInfiniteQuery(trpc.compliance.refusals.infiniteQueryOptions(refusalsInput(view), listOptions));
  const [opened, setOpened] = useState<Refusal | null>(null);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items).map(refusalOf) ?? [], [list.data]);
  const columns = useMemo(() => refusalColumns(nameOf, setOpened), [nameOf]);
  const chosen = useColumns("refusals", columns);
  useFollowed();
  return (
    <>
      {counts.isError ? <ErrorNote error={errorOf(counts.error)} onRetry={() => counts.refetch()} /> : null}
      {counts.data ? <GateBars counts={counts.data} /> : null}
      <div className="mt-8 mb-3 flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">The last ones</h2>
        <div className="ml-auto flex gap-2">
          <Choice
            label="Channel"
            value={view.refused}
            options={CHANNELS}
            onChoose={(next) => setView({ refused: next })}
          />
          <ColumnsMenu columns={columns} chosen={chosen} />
        </div>
      </div>
      {list.isError ? <ErrorNote error={errorOf(list.error)} onRetry={() => list.refetch()} /> : null}
      {list.isPending ? <SkeletonRows rows={8} what="refusals" /> : null}
      {list.data && rows.length === 0 ? (
        <EmptyState title="Nothing was refused">
          Every call and text that a gate stops is listed here, with what the gate looked at.
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          label="Refusals"
          rows={rows}
          keyOf={({ event }) => event.id}
          columns={columns}
          shown={chosen.shown}
          pages={list}
          busy={list.isPlaceholderData}
        />
      ) : null}
      {opened ? <RefusalSheet refusal={opened} onClose={() => setOpened(null)} /> : null}
    </>
  );
}

function refusalColumns(
  nameOf: (agentId: string) => string,
  onOpen: (refusal: Refusal) => void,
): DataColumn<Refusal>[] {
  return [
    {
      id: "gate",
      name: "Gate",
      width: "w-36",
      fixed: true,
      narrow: true,
      cell: (refusal) => (
        <>
          <button
            type="button"
            className="min-h-6 rounded underline decoration-line-strong underline-offset-2"
            onClick={() => onOpen(refusal)}
          >
            {gateName(refusal.gate)}
          </button>
          <span className="block text-[0.75rem] text-muted md:hidden">
            <Time at={refusal.event.ts} format="relative" />
          </span>
        </>
      ),
    },
    {
      id: "code",
      name: "Code",
      width: "md:w-64",
      narrow: true,
      cell: ({ code, to }) => (
        <>
          <span className="block truncate font-mono text-[0.75rem] text-danger">{code}</span>
          <span className="block truncate font-mono text-[0.75rem] text-muted md:hidden">{to}</span>
        </>
      ),
    },
    { id: "reason", name: "Reason", cell: ({ reason }) => <span title={reason}>{reason}</span> },
    {
      id: "to",
      name: "To",
      width: "w-48",
      cell: ({ to, event }) => (
        <>
          <code className="font-mono text-[0.8125rem]">{to}</code>{" "}
          {event.channel === "sms" ? <Badge>text</Badge> : null}
        </>
      ),
    },
    { id: "agent", name: "Agent", width: "w-32", cell: ({ event }) => agentOf(event, nameOf) },
    {
      id: "when",
      name: "When",
      width: "w-24",
      align: "right",
      cell: ({ event }) => <Time at={event.ts} format="relative" />,
    },
    {
      id: "chain",
      name: "Chain",
      width: "w-20",
      cell: ({ event, to }) => <ChainLink correlationId={event.correlationId} of={`the refusal to ${to}`} />,
    },
  ];
}

function agentOf({ agentId }: AuditEvent, nameOf: (agentId: string) => string): string {
  return agentId === null ? "" : nameOf(agentId);
}
