"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import {
  type Key,
  memo,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { cn } from "./cn.ts";
import type { ColumnChoice } from "./columns.tsx";

export type DataColumn<Row> = ColumnChoice & {
  /** The sort of the list that this column's head asks for. */
  sort?: string;
  /** Its width, as a class; columns without one share what is left. */
  width?: string;
  align?: "right";
  /** Also on narrow screens; the others are for wide ones. */
  narrow?: boolean;
  cell: (row: Row) => ReactNode;
};

export type Sorting = { sort: string; order: "asc" | "desc"; onSort: (sort: string, order: "asc" | "desc") => void };

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; isError: boolean; fetchNextPage: () => unknown };

type DataTableProps<Row> = {
  /** What the rows are, for those who cannot see them: "Agents". */
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  columns: readonly DataColumn<Row>[];
  shown: ReadonlySet<string>;
  sorting?: Sorting;
  pages: Pages;
  /** A class for a row that stands out. */
  toneOf?: (row: Row) => string | undefined;
  /** Whether newer rows are on their way. */
  busy?: boolean;
};

const WIDE_ROW = 44;
const NARROW_ROW = 60;
const AHEAD = 25;
// What the server draws, so that the first page is complete before any script runs.
const FIRST_ROWS = 30;
// The server does not know how wide the screen is: until a script runs, a style sheet says which columns are shown.
const WIDE_ONLY = "max-md:hidden";
const FIRST_PAINT = { width: 1_200, height: 900 };

/** Rows without end: only those in sight are in the page, and the next ones are read before they come into sight. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, keyOf, shown, sorting, pages, toneOf, busy = false } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  const isWide = useIsWide();
  const rowHeight = isWide ? WIDE_ROW : NARROW_ROW;
  const columns = props.columns.filter((column) => shown.has(column.id) && (isWide || column.narrow));
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(rows[index] as Row),
    overscan: 12,
    initialRect: FIRST_PAINT,
    scrollMargin,
    useFlushSync: false,
  });
  // Banners above the table come and go. Asked for at every render, this would cost a layout in each frame of a scroll.
  useLayoutEffect(() => {
    const measure = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      setScrollMargin(Math.round(top + window.scrollY));
    };
    const resized = new ResizeObserver(measure);
    resized.observe(document.body);
    measure();
    return () => resized.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured is of the other row height
  useLayoutEffect(() => virtual.measure(), [rowHeight]);

  // The browser may have scrolled before the script was there (a reload, Back): what it takes over is what the server drew.
  const isHydrating = useIsHydrating();
  const items = isHydrating ? firstItems(rows, keyOf, rowHeight, scrollMargin) : virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? -1;
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError && lastIndex >= rows.length - AHEAD) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage, lastIndex, rows.length]);

  const before = (items[0]?.start ?? scrollMargin) - scrollMargin;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <div className="overflow-clip rounded-lg border border-line bg-surface">
      <table
        aria-label={label}
        aria-rowcount={hasNextPage ? -1 : rows.length + 1}
        aria-busy={busy}
        className={cn("w-full table-fixed text-left transition-opacity", busy && "opacity-60")}
      >
        <thead className="text-[0.75rem] text-muted">
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.id} column={column} {...(sorting ? { sorting } : {})} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Space height={before} columns={columns.length} />
          {items.map(({ index, key }) => (
            <TableRow
              key={key}
              row={rows[index] as Row}
              index={index}
              columns={columns}
              columnIds={columns.map((column) => column.id).join()}
              height={rowHeight}
              tone={toneOf?.(rows[index] as Row)}
            />
          ))}
          <Space height={after} columns={columns.length} />
        </tbody>
      </table>
      {hasNextPage ? (
        <p role="status" className="border-line border-t px-4 py-2.5 text-[0.8125rem] text-muted">
          {isFetchingNextPage ? "Loading more…" : "More below"}
        </p>
      ) : null}
    </div>
  );
}

type RowProps<Row> = {
  row: Row;
  index: number;
  columns: readonly DataColumn<Row>[];
  /** The columns by name: they are filtered anew at every render. */
  columnIds: string;
  height: number;
  tone: string | undefined;
};

// Drawn again only when something of it has changed: scrolling moves rows, it does not change them.
const TableRow = memo(Row, (before, after) =>
  (["row", "index", "columnIds", "height", "tone"] as const).every((name) => before[name] === after[name]),
) as typeof Row;

function Row<Row>({ row, index, columns, height, tone }: RowProps<Row>) {
  return (
    <tr
      aria-rowindex={index + 2}
      style={{ height }}
      className={cn("relative border-line border-t hover:bg-raised/60", tone)}
    >
      {columns.map((column) => (
        <td
          key={column.id}
          className={cn(
            "truncate px-2 text-[0.8125rem] first:pl-4 last:pr-4",
            column.align === "right" && "text-right tabular-nums",
            !column.narrow && WIDE_ONLY,
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function Space({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

function Head<Row>({ column, sorting }: { column: DataColumn<Row>; sorting?: Sorting }) {
  const { name, sort, silent, align, width, narrow } = column;
  const isSorted = sort !== undefined && sorting?.sort === sort;
  const isRight = align === "right";
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (sorting.order === "asc" ? "ascending" : "descending") : undefined}
      className={cn(
        "sticky top-0 z-20 bg-surface px-2 py-1 font-medium shadow-[inset_0_-1px_0_var(--line)] first:rounded-tl-lg first:pl-4 last:rounded-tr-lg last:pr-4",
        isRight && "text-right",
        !narrow && WIDE_ONLY,
        width,
      )}
    >
      {sort !== undefined && sorting ? (
        <button
          type="button"
          className={cn("-mx-1 inline-flex h-6 items-center gap-1 rounded px-1 hover:text-ink", isSorted && "text-ink")}
          onClick={() => sorting.onSort(sort, isSorted ? (sorting.order === "asc" ? "desc" : "asc") : firstOrder(sort))}
        >
          {isSorted && isRight ? <Arrow order={sorting.order} /> : null}
          {name}
          {isSorted && !isRight ? <Arrow order={sorting.order} /> : null}
        </button>
      ) : (
        <span className={cn("inline-flex h-6 items-center", silent && "sr-only")}>{name}</span>
      )}
    </th>
  );
}

/** The order that a list begins with: times from the newest, anything else from A. */
function firstOrder(sort: string): "asc" | "desc" {
  return sort === "created" ? "desc" : "asc";
}

function Arrow({ order }: { order: "asc" | "desc" }) {
  const Icon = order === "asc" ? ArrowUp : ArrowDown;
  return <Icon className="size-3" aria-hidden />;
}

type Item = { index: number; key: Key; start: number; end: number };

function firstItems<Row>(rows: readonly Row[], keyOf: (row: Row) => string, height: number, margin: number): Item[] {
  return rows.slice(0, FIRST_ROWS).map((row, index) => {
    const start = margin + index * height;
    return { index, key: keyOf(row), start, end: start + height };
  });
}

const never = () => () => {};

function useIsHydrating(): boolean {
  return useSyncExternalStore(
    never,
    () => false,
    () => true,
  );
}

const WIDE = "(min-width: 48rem)";

function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(WIDE);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}
