"use client";

import { type PointerEvent, useState } from "react";
import { numberText } from "../_lib/numbers.ts";
import { cn } from "./cn.ts";

export type Bar = { label: string; value: number };

const TONES = { accent: "fill-accent-fill", warn: "fill-warn", danger: "fill-danger-fill" };
const HEIGHT = 100;
const BAR = 10;
const GAP = 2;
// One in ten thousand is still seen.
const LEAST = 3;
// A single mail does not look like a peak.
const LEAST_TOP = 4;

type BarChartProps = {
  /** What is counted by what: "Mail sent by hour". */
  label: string;
  /** What a bar stands for, as the head of a column: "Hour". */
  unit: string;
  bars: Bar[];
  tone?: keyof typeof TONES;
  /** How many bars there is room for, where some are still to come. */
  slots?: number;
  /** What stands at the ends of the axis, where it is not the first and the last bar's label. */
  start?: string | undefined;
  end?: string;
  /** What is said where nothing was counted. */
  empty: string;
  className?: string;
};

/**
 * Bars over time. The value of one is read by pointing at it, or with the arrow keys: the chart is a slider over its bars,
 * which screen readers know. They also find the numbers as a table.
 */
export function BarChart({ label, unit, bars, tone = "accent", slots, start, end, empty, className }: BarChartProps) {
  const [active, setActive] = useState<number | null>(null);
  const room = Math.max(slots ?? 0, bars.length, 1);
  const largest = Math.max(0, ...bars.map((bar) => bar.value));
  const top = Math.max(LEAST_TOP, largest);
  const shown = active === null ? undefined : bars[Math.min(active, bars.length - 1)];

  const point = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - left) / width) * room);
    setActive(Math.min(Math.max(slot, 0), bars.length - 1));
  };
  return (
    <div className={cn("grid gap-1", className)}>
      <div
        className="relative h-16 rounded-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2"
        onPointerMove={point}
        onPointerLeave={() => setActive(null)}
      >
        <svg
          viewBox={`0 0 ${room * BAR} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
          aria-hidden
        >
          {bars.map(({ label: name, value }, index) => {
            const height = value > 0 ? Math.max(LEAST, (value / top) * HEIGHT) : 0;
            return (
              <rect
                key={name}
                x={index * BAR + GAP / 2}
                width={BAR - GAP}
                y={HEIGHT - height}
                height={height}
                className={cn(
                  "motion-safe:transition-all motion-safe:duration-200",
                  index === active ? "fill-ink" : TONES[tone],
                )}
              />
            );
          })}
          <line
            x1="0"
            x2={room * BAR}
            y1={HEIGHT}
            y2={HEIGHT}
            vectorEffect="non-scaling-stroke"
            className="stroke-line-strong/60"
          />
        </svg>
        {largest === 0 ? (
          <p className="absolute inset-0 grid place-items-center text-[0.8125rem] text-muted">{empty}</p>
        ) : (
          <input
            type="range"
            min={0}
            max={bars.length - 1}
            value={active ?? bars.length - 1}
            onChange={(event) => setActive(event.target.valueAsNumber)}
            onFocus={() => setActive((at) => at ?? bars.length - 1)}
            onBlur={() => setActive(null)}
            aria-label={label}
            aria-valuetext={textOf(shown ?? bars.at(-1))}
            className="absolute inset-0 size-full cursor-crosshair opacity-0"
          />
        )}
      </div>
      <p aria-hidden className="flex h-4 justify-between font-mono text-[0.6875rem] text-muted tabular-nums">
        {shown ? (
          <span className="w-full text-center text-ink">{textOf(shown)}</span>
        ) : (
          <>
            <span>{start ?? bars[0]?.label}</span>
            <span>{end ?? bars.at(-1)?.label}</span>
          </>
        )}
      </p>
      <table className="sr-only">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{unit}</th>
            <th scope="col">Number</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label}>
              <th scope="row">{bar.label}</th>
              <td>{numberText(bar.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function textOf(bar: Bar | undefined): string {
  return bar ? `${bar.label}: ${numberText(bar.value)}` : "";
}
