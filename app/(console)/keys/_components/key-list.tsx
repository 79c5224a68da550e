"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import type { ApiKey } from "#server/domain/api-keys/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Choice } from "../../../_ui/choice.tsx";
import { ColumnsMenu, useColumns } from "../../../_ui/columns.tsx";
import { DataTable } from "../../../_ui/data-table.tsx";
import { SearchField } from "../../../_ui/search-field.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import type { PickedAgent } from "./agent-picker.tsx";
import { FollowKeys } from "./follow-keys.tsx";
import { keyColumns } from "./key-columns.tsx";
import type { KeyAct } from "./key-menu.tsx";
import { keysInput, keysView } from "./keys-view.ts";

const EndKey = dynamic(patient(() => import("./end-key.tsx").then((module) => module.EndKey)));
const CreateKeySheet = dynamic(patient(() => import("./create-key-sheet.tsx").then((module) => module.CreateKeySheet)));

const KINDS = [
  ["all", "All kinds"],
  ["organisation", "Organisation's"],
  ["agent", "Agents'"],
] as const;
const SHOWN = [
  ["valid", "Not revoked"],
  ["revoked", "Revoked"],
  ["all", "All, revoked too"],
] as const;

/** Keys with all that can be done about them. @param agent for one agent's keys only */
export function KeyList({ agent }: { agent?: PickedAgent }) {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates(keysView, { history: "push" });
  const { search, kind, show, sort, order } = view;
  const keys = useInfiniteQuery(
    trpc.keys.list.infiniteQueryOptions(keysInput(view, agent?.id), { ...nextPage, placeholderData: keepPreviousData }),
  );
  const rows = useMemo(() => keys.data?.pages.flatMap((page) => page.items) ?? [], [keys.data]);
  const [asked, setAsked] = useState<KeyAct | null>(null);
  const isOfAgent = agent !== undefined;
  const columns = useMemo(() => keyColumns(setAsked, isOfAgent), [isOfAgent]);
  const chosen = useColumns(isOfAgent ? "agent-keys" : "keys", columns);
  const onSearch = useCallback(
    (text: string) => setView({ search: text || null }, { history: search === "" ? "push" : "replace" }),
    [setView, search],
  );
  return (
    <>
      <FollowKeys agentId={agent?.id} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField
          label={isOfAgent ? "Search name or beginning" : "Search name, beginning or agent"}
          value={search}
          onSearch={onSearch}
        />
        {isOfAgent ? null : (
          <Choice label="Kind" value={kind} options={KINDS} onChoose={(next) => setView({ kind: next })} />
        )}
        <Choice label="Revoked keys" value={show} options={SHOWN} onChoose={(next) => setView({ show: next })} />
        <div className="ml-auto flex gap-2">
          <ColumnsMenu columns={columns} chosen={chosen} />
          {isOfAgent ? <CreateKeyButton size="sm" onClick={() => setView({ create: "1" })} /> : null}
        </div>
      </div>
      {keys.isError ? (
        <div className="mb-3">
          <ErrorNote error={errorOf(keys.error)} onRetry={() => keys.refetch()} />
        </div>
      ) : null}
      {keys.isPending ? <SkeletonRows rows={6} what="keys" /> : null}
      {keys.isSuccess && rows.length === 0 ? (
        <EmptyState
          title="No key fits"
          action={
            <Button onClick={() => setView({ search: null, kind: null, show: null })}>
              {isOfAgent ? "Show its keys" : "Show all keys"}
            </Button>
          }
        >
          {isOfAgent && !search && show === "valid"
            ? "This agent has no key: create one, so that its code can act."
            : "None has this text, or none of those that do is of this kind."}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          label="Keys"
          rows={rows}
          keyOf={idOf}
          columns={columns}
          shown={chosen.shown}
          sorting={{
            sort,
            order,
            onSort: (next, direction) => setView({ sort: next as typeof sort, order: direction }),
          }}
          pages={keys}
          busy={keys.isPlaceholderData}
        />
      ) : null}
      {asked ? <EndKey key={`${asked.act} ${asked.apiKey.id}`} {...asked} onClose={() => setAsked(null)} /> : null}
      {view.create ? (
        <CreateKeySheet
          open
          onOpenChange={(open) => setView({ create: open ? "1" : null }, { history: "replace" })}
          {...(agent ? { agent } : {})}
        />
      ) : null}
    </>
  );
}

const idOf = (key: ApiKey) => key.id;

/** Opens the sheet that makes a key. */
export function CreateKeyButton({ onClick, size = "md" }: { onClick: () => void; size?: "sm" | "md" }) {
  return (
    <WriteButton variant="primary" size={size} onClick={onClick} className={size === "sm" ? "h-8" : ""}>
      <Plus aria-hidden /> Create key
    </WriteButton>
  );
}
