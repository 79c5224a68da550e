"use client";

import { type ReactNode, useId } from "react";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { cn } from "../../../_ui/cn.ts";
import { roundUp } from "./reach.ts";

export type LimitFieldProps = {
  name: string;
  isMoney: boolean;
  /** As it is typed: an amount of money or a number of units; null: no limit. */
  text: string | null;
  onChange: (text: string | null) => void;
  /** Micro-units or units of the period so far; of those, what is reserved. */
  used: number;
  reserved: number;
  readOnly: boolean;
  error: string | undefined;
  /** What is said below: when it is reached, or that it blocks. */
  children: ReactNode;
};

/** Cents or units as they are typed. */
export function limitText(value: number | null, isMoney: boolean): string | null {
  if (value === null) return null;
  return isMoney ? (value / 100).toFixed(2) : String(value);
}

/** What was typed, in cents or units; NaN for what is no number. A fraction of either is left for the server to refuse. */
export function limitValue(text: string | null, isMoney: boolean): number | null {
  if (text === null) return null;
  const number = text.trim() === "" ? Number.NaN : Number(text.trim());
  // JSON writes Infinity as null, which would be no limit.
  if (!Number.isFinite(number)) return Number.NaN;
  return isMoney ? Math.round(number * 100 * 1_000) / 1_000 : number;
}

/** A limit with a slider that shows where the period stands, and a field for the exact number. */
export function LimitField(props: LimitFieldProps) {
  const { name, isMoney, text, onChange, used, reserved, readOnly, error, children } = props;
  const id = useId();
  const money = useMoney();
  const amount = (value: number) => (isMoney ? money(value) : numberText(value));
  const value = limitValue(text, isMoney);
  // The slider counts in cents or units, as caps do.
  const usedHere = isMoney ? used / 10_000 : used;
  const max = roundUp(Math.max(isMoney ? 1_000 : 100, usedHere * 2, Number.isFinite(value) ? (value ?? 0) : 0));
  const at = value === null || Number.isNaN(value) ? max : Math.min(Math.max(0, value), max);
  const settled = Math.max(0, usedHere - (isMoney ? reserved / 10_000 : reserved));
  return (
    <fieldset className="grid gap-2 px-4 py-3" disabled={readOnly}>
      <legend className="sr-only">{name}</legend>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <label className="flex items-center gap-2 font-medium">
          <input
            type="checkbox"
            className="size-4 accent-accent-fill"
            checked={text !== null}
            onChange={(event) =>
              onChange(event.target.checked ? limitText(roundUp(Math.max(1, usedHere * 2)), isMoney) : null)
            }
          />
          {name}
        </label>
        <span className="flex items-center gap-2">
          <input
            type="text"
            inputMode="decimal"
            autoComplete="off"
            aria-label={`${name}, exactly`}
            aria-invalid={error ? true : undefined}
            aria-describedby={`${id}-note${error ? ` ${id}-error` : ""}`}
            placeholder="no cap"
            value={text ?? ""}
            readOnly={readOnly}
            onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
            className={cn(
              "h-8 w-32 rounded-md border bg-surface px-2.5 text-right font-mono text-[0.8125rem] tabular-nums placeholder:text-muted",
              error ? "border-danger" : "border-line-strong",
            )}
          />
        </span>
      </div>
      <div className="relative h-6">
        <svg
          aria-hidden
          viewBox="0 0 100 1"
          preserveAspectRatio="none"
          className="absolute inset-x-2 top-2 h-2 w-[calc(100%-1rem)] rounded-full bg-raised"
        >
          <rect width={share(settled, max)} height="1" className="fill-accent-fill" />
          <rect
            x={share(settled, max)}
            width={share(usedHere - settled, max)}
            height="1"
            className="fill-line-strong"
          />
        </svg>
        <input
          type="range"
          min={0}
          max={max}
          step={max > 1_000 ? max / 1_000 : 1}
          value={at}
          disabled={readOnly || text === null}
          aria-label={name}
          aria-valuetext={text === null ? "no cap" : amount(isMoney ? at * 10_000 : at)}
          onChange={(event) => onChange(limitText(Math.round(event.target.valueAsNumber), isMoney))}
          className="limit-slider absolute inset-x-0 top-0 h-6 w-full"
        />
      </div>
      <p className="flex flex-wrap justify-between gap-x-4 text-[0.8125rem] text-muted">
        <span className="tabular-nums">
          {amount(used)} used{reserved > 0 ? `, of which ${amount(reserved)} are reserved` : ""}
        </span>
        <span id={`${id}-note`} aria-live="polite">
          {children}
        </span>
      </p>
      {error ? (
        <p id={`${id}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

function share(value: number, max: number): number {
  return Math.min(100, Math.max(0, (value / max) * 100));
}
