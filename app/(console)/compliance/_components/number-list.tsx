"use client";

import { type ReactNode, useMemo } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { Button } from "../../../_ui/button.tsx";
import { ColumnsMenu, useColumns } from "../../../_ui/columns.tsx";
import { type DataColumn, DataTable } from "../../../_ui/data-table.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { isWhole } from "./compliance-view.ts";
import { NumberSearch, useNumberSearch } from "./number-search.tsx";

type Pages<Row> = {
  data: { pages: { items: Row[] }[] } | undefined;
  error: unknown;
  isPending: boolean;
  isError: boolean;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

type NumberListProps<Row> = {
  /** What the rows are: "Consents". */
  label: string;
  /** Names the table for good. */
  table: string;
  list: Pages<Row>;
  keyOf: (row: Row) => string;
  columns: DataColumn<Row>[];
  /** What can be done with the list. */
  actions?: ReactNode;
  /** Nothing is on it yet, why, and how that changes. */
  empty: { title: string; text: ReactNode };
};

/** A list of numbers in which one is searched for. */
export function NumberList<Row>({ label, table, list, keyOf, columns, actions, empty }: NumberListProps<Row>) {
  const { number, clear } = useNumberSearch();
  const chosen = useColumns(table, columns);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const error = list.isError ? errorOf(list.error) : null;
  const problem = fieldError(error, "phoneNumber");
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <NumberSearch />
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
          <ColumnsMenu columns={columns} chosen={chosen} />
          {actions}
        </div>
      </div>
      {number !== "" && !isWhole(number) ? (
        <p role="status" className="mb-3 text-muted">
          Numbers are compared whole: go on typing, or clear the search.
        </p>
      ) : problem ? (
        <p role="status" className="mb-3 text-muted">
          <code className="font-mono">{number}</code> {problem}
        </p>
      ) : error ? (
        <div className="mb-3">
          <ErrorNote error={error} onRetry={() => list.refetch()} />
        </div>
      ) : null}
      {list.isPending ? <SkeletonRows rows={6} what={label.toLowerCase()} /> : null}
      {list.data && !problem && rows.length === 0 ? (
        !isWhole(number) ? (
          <EmptyState title={empty.title}>{empty.text}</EmptyState>
        ) : (
          <EmptyState title="This number is not on it" action={<Button onClick={clear}>Show all numbers</Button>}>
            Nothing is known here of <code className="font-mono">{number}</code>.
          </EmptyState>
        )
      ) : null}
      {rows.length > 0 && !problem ? (
        <DataTable
          label={label}
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          shown={chosen.shown}
          pages={list}
          busy={list.isPlaceholderData}
        />
      ) : null}
    </>
  );
}
