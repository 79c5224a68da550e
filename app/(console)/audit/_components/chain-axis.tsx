import { memo } from "react";
import { duration, Time } from "../../../_lib/time.tsx";
import { BREAK_AFTER_MS, type ChainLayout, NODE_GAP } from "./chain-layout.ts";
import { MARGIN, screenX } from "./chain-paths.ts";
import type { Viewport } from "./use-scroller.ts";

export const AXIS_HEIGHT = 48;

const CLOCK_WIDTH = 84;
const DATE_WIDTH = 80;
const LETTER_WIDTH = 6.4;
const GAP = 8;
/** Narrower ones are a blur, not a scale. */
const LEAST_PAUSE = 6;

type Tick = { id: string; x: number; ts: string; withDate: boolean };
type Pause = { id: string; x: number; width: number; text: string | null };

/** The times of events where there is room to write them, and how long it was from each to the next. */
export const Axis = memo(function Axis({ layout, zoom, view }: { layout: ChainLayout; zoom: number; view: Viewport }) {
  const seen = (x: number, width: number) => x + width >= view.from && x <= view.to;
  return (
    <div aria-hidden className="absolute inset-x-0 top-0 border-line border-b" style={{ height: AXIS_HEIGHT }}>
      {ticks(layout, zoom).map(({ id, x, ts, withDate }) =>
        seen(x, CLOCK_WIDTH + DATE_WIDTH) ? (
          <span
            key={id}
            style={{ left: x }}
            className="absolute top-1.5 flex gap-1.5 whitespace-nowrap font-mono text-[0.6875rem] text-muted"
          >
            <span className="text-ink">
              <Time at={ts} format="clock" />
            </span>
            {withDate ? <Time at={ts} format="day" /> : null}
          </span>
        ) : null,
      )}
      {pauses(layout, zoom).map(({ id, x, width, text }) =>
        seen(x, width) ? (
          <span
            key={id}
            style={{ left: x, width }}
            className="absolute bottom-1 flex h-3.5 items-center border-line-strong/70 border-l font-mono text-[0.625rem] text-muted"
          >
            <span className="h-px min-w-0 flex-1 bg-line" />
            {text ? <span className="shrink-0 px-1 tabular-nums">{text}</span> : null}
            <span className="h-px min-w-0 flex-1 bg-line" />
          </span>
        ) : null,
      )}
    </div>
  );
});

/** The times that there is room for, from left to right; the first after a break says its date, too. */
function ticks({ placed, breaks, width }: ChainLayout, zoom: number): Tick[] {
  const begins = new Set([0, ...breaks.map(({ x, width }) => x + width)]);
  const shown: Tick[] = [];
  let free = Number.NEGATIVE_INFINITY;
  const end = screenX(width, zoom) + MARGIN;
  for (const { node, x: at } of placed) {
    const x = screenX(at, zoom);
    if (x < free || (x + CLOCK_WIDTH > end && shown.length > 0)) continue;
    const withDate = begins.has(at) && zoom > 0.5;
    shown.push({ id: node.id, x, ts: node.event.ts, withDate });
    free = x + CLOCK_WIDTH + (withDate ? DATE_WIDTH : 0) + GAP;
  }
  return shown;
}

function pauses({ placed }: ChainLayout, zoom: number): Pause[] {
  return placed.slice(1).flatMap(({ node, x }, index) => {
    const pause = node.sincePrevious ?? 0;
    if (pause >= BREAK_AFTER_MS) return [];
    const from = screenX(placed[index]?.x ?? 0, zoom);
    const width = screenX(x, zoom) - from;
    if (width < LEAST_PAUSE) return [];
    const text = duration(pause);
    return [{ id: node.id, x: from, width, text: textWidth(text) + GAP < width ? text : null }];
  });
}

/** The bands of pauses that are cut short, through axis and lanes, each with how long it was. */
export function Breaks({ layout, zoom, view }: { layout: ChainLayout; zoom: number; view: Viewport }) {
  return layout.breaks.map(({ x, width, ms }) => {
    const left = screenX(x + NODE_GAP / 2, zoom);
    const right = screenX(x + width - NODE_GAP / 2, zoom);
    if (right < view.from || left > view.to) return null;
    const text = duration(ms);
    return (
      <div
        key={x}
        aria-hidden
        title={`${text} without events`}
        style={{ left, width: right - left }}
        className="chain-break absolute inset-y-0 border-line-strong/40 border-x border-dashed"
      >
        {textWidth(text) + GAP < right - left ? (
          <span
            style={{ height: AXIS_HEIGHT }}
            className="flex items-end justify-center whitespace-nowrap pb-0.5 font-medium font-mono text-[0.6875rem] text-ink tabular-nums"
          >
            <span className="rounded bg-surface px-1">{text}</span>
          </span>
        ) : null}
      </div>
    );
  });
}

function textWidth(text: string): number {
  return text.length * LETTER_WIDTH;
}
