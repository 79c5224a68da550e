"use client";

import { useId } from "react";
import { Field } from "../../../_ui/field.tsx";

/** When a key is to end: after a span, or at the end of a day (YYYY-MM-DD, in the reader's zone). */
export type Expiry = { after: (typeof SPANS)[number][0]; day: string };

const SPANS = [
  ["never", "Never"],
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
  ["day", "At the end of a day"],
] as const;

const DAY_MS = 86_400_000;

/** The instant that is meant, as the API takes it; null: never. */
export function expiryOf({ after, day }: Expiry, now: Date): string | null {
  if (after === "never") return null;
  if (after !== "day") return new Date(now.getTime() + Number(after) * DAY_MS).toISOString();
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? null : end.toISOString();
}

export function ExpiryField(props: { expiry: Expiry; onChange: (expiry: Expiry) => void; error: string | undefined }) {
  const { expiry, onChange, error } = props;
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Expires
      </label>
      <select
        id={id}
        className="h-9 rounded-md border border-line-strong bg-surface px-2"
        value={expiry.after}
        onChange={(event) => onChange({ ...expiry, after: event.target.value as Expiry["after"] })}
      >
        {SPANS.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      {expiry.after === "day" ? (
        <Field
          label="Day"
          name="key-expiry"
          type="date"
          required
          value={expiry.day}
          onChange={(event) => onChange({ ...expiry, day: event.target.value })}
        />
      ) : null}
      {error ? <p className="text-[0.8125rem] text-danger">{error}</p> : null}
    </div>
  );
}
