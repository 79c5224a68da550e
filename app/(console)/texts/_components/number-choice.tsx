"use client";

import { useId } from "react";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";

type NumberChoiceProps = {
  label: string;
  numbers: NumberView[];
  value: string;
  onChange: (phoneNumber: string) => void;
};

/** One of the organisation's numbers, each with its agent. */
export function NumberChoice({ label, numbers, value, onChange }: NumberChoiceProps) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select
        id={id}
        required
        className="h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === "" ? <option value="">Choose a number</option> : null}
        {numbers.map((number) => (
          <option key={number.id} value={number.phoneNumber}>
            {number.display}, {number.agentName}
          </option>
        ))}
      </select>
    </div>
  );
}
