"use client";

import type { ReactNode } from "react";
import { cn } from "./cn.ts";

type SegmentedProps<Value extends string> = {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; text: ReactNode }[];
};

/** A choice between a few forms of the same thing. */
export function Segmented<Value extends string>({ label, value, onChange, options }: SegmentedProps<Value>) {
  return (
    <fieldset className="inline-flex rounded-md border border-line-strong/50 bg-surface p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cn(
            "inline-flex h-6 items-center gap-1.5 rounded px-2 text-[0.8125rem] text-muted transition-colors hover:text-ink [&_svg]:size-3.5",
            option.value === value && "bg-raised font-medium text-ink",
          )}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  );
}
