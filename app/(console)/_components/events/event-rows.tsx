"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type FocusEvent,
  type KeyboardEvent,
  memo,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { Time } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { Channel } from "../channel.tsx";
import { eventDetail } from "../event-detail.ts";
import { EventName } from "../event-name.tsx";

/** Moves the list to its first event. */
export type EventRowsHandle = { toTop: () => void };

type EventRowsProps = {
  events: AuditEvent[];
  nameOf: (agentId: string) => string;
  label: string;
  /** How an event's time is written. */
  time: "clock" | "full";
  /** Whether somebody reads further down, or has the focus on a row: then nothing may move. */
  onReading?: (reading: boolean) => void;
  /** The last row is near. */
  onEnd?: (() => void) | undefined;
  /** Whether Back finds it scrolled to where it was left. */
  keepsPlace?: boolean;
  /** How high the list is. */
  className: string;
  /** What stands after the last row. */
  children?: ReactNode;
  ref?: Ref<EventRowsHandle>;
};

// Wide enough for the time in the form that it is written in.
const TIME_WIDTH = { clock: "md:w-32", full: "md:w-48" };

// Rows are of one height, which the style sheet says (h-14, md:h-9), so that ten thousand of them need no measuring.
const WIDE = "(min-width: 48rem)";
const WIDE_ROW_PX = 36;
const NARROW_ROW_PX = 56;
const NEAR_ROWS = 20;
const AT_TOP_PX = 4;

// How far lists were scrolled, by the entry of the history in which they stood.
const places = new Map<string, number>();

/** What tells one entry of the browser's history from another; browsers that have none begin at the top. */
function historyEntry(): string {
  return (typeof window === "undefined" ? undefined : window.navigation?.currentEntry?.key) ?? "";
}

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

/** Events newest first, of which only those in view are in the page; a row opens the event's chain. */
export function EventRows(props: EventRowsProps) {
  const { events, nameOf, label, time, onReading, onEnd, keepsPlace = false, className, children, ref } = props;
  const scroller = useRef<HTMLElement>(null);
  const rowPx = useIsWide() ? WIDE_ROW_PX : NARROW_ROW_PX;
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 10,
    // What the server draws: enough for the first view.
    initialRect: { width: 0, height: 900 },
    initialOffset: () => (keepsPlace ? (places.get(historyEntry()) ?? 0) : 0),
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every size that was noted is another at another width
  useEffect(() => rows.measure(), [rowPx]);

  const [isDown, setDown] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  useEffect(() => onReading?.(isDown || hasFocus), [isDown, hasFocus, onReading]);
  useImperativeHandle(ref, () => ({
    toTop() {
      scroller.current?.scrollTo({ top: 0 });
      setDown(false);
      setFocus(false);
    },
  }));

  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= events.length - NEAR_ROWS) onEnd?.();
  }, [last, events.length, onEnd]);

  /** Arrow keys walk from row to row. */
  const walk = (key: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    const row = (key.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (!step || !row) return;
    key.preventDefault();
    const next = row.parentElement?.querySelector<HTMLElement>(`[data-index="${Number(row.dataset.index) + step}"] a`);
    next?.focus();
  };
  // A click has the focus too, but moves on at once.
  const focus = (event: FocusEvent) => setFocus((event.target as HTMLElement).matches(":focus-visible"));

  return (
    <section
      ref={scroller}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={cn(
        "overflow-y-auto rounded-lg border border-line bg-surface [overflow-anchor:none] focus-visible:-outline-offset-2",
        className,
      )}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        setDown(scrollTop > AT_TOP_PX);
        if (keepsPlace) places.set(historyEntry(), scrollTop);
      }}
      onKeyDown={walk}
      onFocus={focus}
      onBlur={() => setFocus(false)}
    >
      <table aria-label={label} aria-rowcount={-1} className="w-full table-fixed text-left">
        <thead className="sticky top-0 z-[5] hidden bg-surface text-[0.75rem] text-muted shadow-[inset_0_-1px_0_var(--line)] md:table-header-group">
          <tr>
            <th scope="col" className={cn("px-4 py-2 font-medium", TIME_WIDTH[time])}>
              Time
            </th>
            <th scope="col" className="w-24 py-2 font-medium">
              Channel
            </th>
            <th scope="col" className="w-60 px-2 py-2 font-medium">
              Event
            </th>
            <th scope="col" className="px-2 py-2 font-medium">
              Detail
            </th>
            <th scope="col" className="hidden w-36 px-4 py-2 text-right font-medium lg:table-cell">
              Agent
            </th>
          </tr>
        </thead>
        <tbody>
          <Space px={first * rowPx} />
          {items.map(({ index }) => {
            const event = events[index];
            if (!event) return null;
            return (
              <EventRow
                key={event.seq}
                event={event}
                index={index}
                time={time}
                agentName={event.agentId ? nameOf(event.agentId) : ""}
              />
            );
          })}
          <Space px={(events.length - 1 - last) * rowPx} />
        </tbody>
      </table>
      {children}
    </section>
  );
}

/** The place of the rows that are not in the page. */
function Space({ px }: { px: number }) {
  if (px <= 0) return null;
  return (
    <tr aria-hidden>
      <td style={{ height: px }} />
    </tr>
  );
}

function NarrowTime({ at, format }: { at: string; format: "clock" | "full" }) {
  return (
    <span className="font-mono text-[0.75rem] text-muted md:hidden">
      <Time at={at} format={format} />
    </span>
  );
}

type EventRowProps = { event: AuditEvent; index: number; time: "clock" | "full"; agentName: string };

const EventRow = memo(function EventRow({ event, index, time, agentName }: EventRowProps) {
  const detail = eventDetail(event);
  return (
    <tr
      aria-rowindex={index + 2}
      data-index={index}
      data-seq={event.seq}
      className={cn(
        "relative h-14 shadow-[inset_0_-1px_0_var(--line)] hover:bg-raised/60 md:h-9",
        event.result === "DENIED" && "bg-danger-soft/60 hover:bg-danger-soft",
      )}
    >
      <td className="hidden px-4 font-mono text-[0.75rem] text-muted md:table-cell">
        <Time at={event.ts} format={time} />
      </td>
      <td className="hidden md:table-cell">
        <Channel channel={event.channel} />
      </td>
      <td className="px-4 md:px-2">
        <span className="flex items-baseline justify-between gap-3">
          <Link
            href={chainPath(event.correlationId, event.id)}
            className="min-w-0 truncate after:absolute after:inset-0"
          >
            <EventName event={event} />
          </Link>
          {time === "clock" ? <NarrowTime at={event.ts} format="clock" /> : null}
        </span>
        <span className="block truncate text-[0.8125rem] text-muted md:hidden">
          {/* A whole date has no room beside a name and its result. */}
          {time === "full" ? <NarrowTime at={event.ts} format="full" /> : null} {detail}
        </span>
      </td>
      <td className="hidden truncate px-2 text-[0.8125rem] md:table-cell" title={detail}>
        {detail}
      </td>
      <td className="hidden truncate px-4 text-right text-[0.8125rem] text-muted lg:table-cell" title={agentName}>
        {agentName}
      </td>
    </tr>
  );
});
