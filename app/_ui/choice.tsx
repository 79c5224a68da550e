"use client";

import { useId } from "react";

/** A filter with a few values, the first of which narrows nothing. */
export function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly (readonly [value: Value, name: string])[];
  onChoose: (value: Value) => void;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      <label htmlFor={id} className="sr-only">
        {props.label}
      </label>
      <select
        id={id}
        className="h-8 min-w-0 max-w-64 rounded-md border border-line-strong bg-surface px-2 text-[0.8125rem]"
        value={props.value}
        onChange={(event) => props.onChoose(event.target.value as Value)}
      >
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
