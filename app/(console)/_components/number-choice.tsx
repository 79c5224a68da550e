"use client";

import { useId } from "react";

/** A number as it is offered: in the words of the form, with whose it is. */
export type Choice = { id: string; phoneNumber: string; text: string };

type NumberChoiceProps = {
  label: string;
  numbers: Choice[];
  /** What stands there before one is chosen. */
  prompt?: string;
  value: string;
  onChange: (phoneNumber: string) => void;
};

/** One of the organisation's numbers, each with its agent. */
export function NumberChoice({ label, numbers, prompt = "Choose a number", value, onChange }: NumberChoiceProps) {
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
        {value === "" ? <option value="">{prompt}</option> : null}
        {numbers.map((number) => (
          <option key={number.id} value={number.phoneNumber}>
            {number.text}
          </option>
        ))}
      </select>
    </div>
  );
}
