"use client";

import type { StateHours } from "#server/domain/phone/hours/by-state.ts";
import { cn } from "../../../_ui/cn.ts";
import { type Standing, standingOf } from "./standing.ts";
import { STATE_PLACES } from "./states.ts";

type Kind = Standing["kind"];

// Told apart without colour too: a full, a half and an empty mark, and a border that is solid, dashed or dotted.
const LOOKS: Record<Kind, { mark: string; name: string; className: string }> = {
  open: { mark: "●", name: "open", className: "border-accent bg-accent-soft text-ink" },
  partly: { mark: "◐", name: "open in part", className: "border-dashed border-warn bg-warn-soft text-ink" },
  closed: {
    mark: "○",
    name: "closed, with the time at which it opens",
    className: "border-dotted border-line-strong bg-surface text-muted",
  },
};

type HoursMapProps = { states: StateHours[]; chosen: string | null; onChoose: (state: string | null) => void };

/** The country as squares, one for each state, by whether it may be called. */
export function HoursMap({ states, chosen, onChoose }: HoursMapProps) {
  // In the order in which they are seen, so that the focus goes from left to right.
  const inOrder = states.toSorted((one, other) => orderOf(one) - orderOf(other));
  return (
    <div>
      <ul aria-label="Map of the states" className="grid grid-cols-11 gap-0.5 sm:gap-1">
        {inOrder.map((state) => (
          <Tile
            key={state.state}
            state={state}
            isChosen={state.state === chosen}
            onChoose={() => onChoose(state.state === chosen ? null : state.state)}
          />
        ))}
      </ul>
      <ul aria-label="What the marks mean" className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem] text-muted">
        {Object.values(LOOKS).map(({ mark, name }) => (
          <li key={name}>
            <span aria-hidden>{mark}</span> {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

function orderOf({ state }: StateHours): number {
  const { row = 0, column = 0 } = STATE_PLACES.get(state) ?? {};
  return row * 100 + column;
}

function Tile({ state, isChosen, onChoose }: { state: StateHours; isChosen: boolean; onChoose: () => void }) {
  const place = STATE_PLACES.get(state.state);
  const standing = standingOf(state);
  const look = LOOKS[standing.kind];
  if (!place) return null;
  return (
    <li style={{ gridRow: place.row + 1, gridColumn: place.column + 1 }}>
      <button
        type="button"
        aria-pressed={isChosen}
        aria-label={`${state.state}, ${place.name}: ${standing.words}`}
        title={`${place.name}: ${standing.words}`}
        onClick={onChoose}
        className={cn(
          "grid h-9 w-full content-center justify-items-center rounded border leading-tight hover:brightness-95 sm:h-13 dark:hover:brightness-125",
          look.className,
          isChosen && "outline-2 outline-accent outline-offset-1",
        )}
      >
        <span className="font-mono text-[0.6875rem] font-semibold sm:text-[0.8125rem]">{state.state}</span>
        <span className="text-[0.625rem] sm:hidden">{look.mark}</span>
        <span className="hidden whitespace-nowrap text-[0.6875rem] tabular-nums sm:block">
          {look.mark} {standing.short}
        </span>
      </button>
    </li>
  );
}
