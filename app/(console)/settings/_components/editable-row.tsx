"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Row } from "./section.tsx";

type Props = {
  name: string;
  value: string;
  /** What is shown instead of the value. */
  line?: ReactNode;
  error: unknown;
  saving: boolean;
  /** Saves, and calls `done` when that has worked. */
  save: (text: string, done: () => void) => void;
  /** Whether it may be changed. */
  open?: boolean;
};

/** A name that is changed in place. */
export function EditableRow({ name, value, line = value, error, saving, save, open = true }: Props) {
  const [text, setText] = useState<string | null>(null);
  if (text === null) {
    return (
      <Row name={name} line={line}>
        {open ? (
          <Button size="sm" aria-label={`Change ${name.toLowerCase()}`} onClick={() => setText(value)}>
            Change
          </Button>
        ) : null}
      </Row>
    );
  }
  const problem = error ? errorOf(error) : null;
  const nameError = fieldError(problem, "name");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(text, () => setText(null));
  };
  return (
    <form onSubmit={submit} className="grid gap-3 px-4 py-3">
      <Field
        label={name}
        name="name"
        autoComplete="off"
        autoFocus
        required
        maxLength={100}
        error={nameError}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {problem && !nameError ? <ErrorNote error={problem} /> : null}
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="primary" disabled={saving}>
          Save
        </Button>
        <Button size="sm" onClick={() => setText(null)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
