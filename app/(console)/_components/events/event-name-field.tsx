"use client";

import { type KeyboardEvent, useId } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** Narrows to one event name; those that have been seen are offered. It counts once it is whole: Enter, or leaving. */
export function EventNameField(props: {
  name: string | null;
  seen: AuditEvent[];
  onChange: (name: string | null) => void;
}) {
  const id = useId();
  const names = [...new Set(props.seen.map(({ event }) => event))].sort();
  const commit = (text: string) => {
    if (text.trim() !== (props.name ?? "")) props.onChange(text.trim() || null);
  };
  return (
    <>
      <input
        key={props.name}
        aria-label="Event"
        placeholder="Any event"
        list={id}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        defaultValue={props.name ?? ""}
        className="h-8 w-44 rounded-md border border-line-strong bg-surface px-2 font-mono text-[0.8125rem] placeholder:font-sans placeholder:text-ink"
        onInput={(event) => {
          if (names.includes(event.currentTarget.value)) commit(event.currentTarget.value);
        }}
        onBlur={(event) => commit(event.currentTarget.value)}
        onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
          if (event.key === "Enter") commit(event.currentTarget.value);
        }}
      />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
