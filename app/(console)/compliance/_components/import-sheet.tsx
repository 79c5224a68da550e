"use client";

import { type FormEvent, useId, useState } from "react";
import type { ErrorView } from "#server/trpc/errors.ts";
import { byteSize, numberText } from "../../../_lib/numbers.ts";
import { Button } from "../../../_ui/button.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useChanged } from "./use-changed.ts";
import { type ImportState, useImport } from "./use-import.ts";

/** Puts the numbers of a CSV file on the do-not-call list. */
export function ImportSheet({ onClose }: { onClose: () => void }) {
  const changed = useChanged();
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const { state, start, cancel } = useImport(() => void changed());
  const isRunning = state.phase === "sending" || state.phase === "storing";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) start(file);
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      sticky={isRunning}
      title="Import a CSV file"
      description="The numbers of its column phone_number (or phone, mobile, number), else of the first one; up to two million. All of the file or nothing: one line that is no number refuses it."
    >
      <form onSubmit={submit} className="grid gap-4">
        <div className="grid gap-1.5">
          <label htmlFor={id} className="font-medium">
            File
          </label>
          <input
            id={id}
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            required
            disabled={isRunning}
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            className="w-full rounded-md border border-line-strong bg-surface text-[0.8125rem] file:mr-3 file:border-0 file:bg-raised file:px-3 file:py-2 file:text-ink"
          />
          {file ? <p className="text-[0.8125rem] text-muted">{byteSize(file.size)}</p> : null}
        </div>
        <ImportProgress state={state} />
        <div className="flex gap-2">
          {isRunning ? (
            <Button onClick={cancel}>Cancel</Button>
          ) : (
            <>
              <Button type="submit" variant="primary">
                Import
              </Button>
              {state.phase === "done" ? <Button onClick={onClose}>Close</Button> : null}
            </>
          )}
        </div>
      </form>
    </Sheet>
  );
}

function ImportProgress({ state }: { state: ImportState }) {
  switch (state.phase) {
    case "idle":
      return null;
    case "failed":
      return <Refused error={state.error} />;
    case "done":
      return (
        <p role="status" className="rounded-md bg-accent-soft p-3 text-[0.8125rem]">
          {numberText(state.result.rows)} numbers in the file: {numberText(state.result.added)} are new on the list,{" "}
          {numberText(state.result.alreadyListed)} were on it before, or more than once in the file.
        </p>
      );
    case "sending":
      return <Bar share={state.share} text={`${Math.floor(state.share * 100)} % of the file sent and read`} />;
    case "storing":
      return (
        <Bar
          share={state.stored / state.of}
          text={`${numberText(state.stored)} of ${numberText(state.of)} numbers stored`}
        />
      );
  }
}

function Bar({ share, text }: { share: number; text: string }) {
  return (
    <div className="grid gap-1 text-[0.8125rem]">
      <progress aria-label="Import" className="h-1.5 w-full accent-accent-fill" max={1} value={share} />
      <span className="tabular-nums">{text}</span>
    </div>
  );
}

type Problem = { field: string; message: string };

/** Why the file is refused, with the lines that are at fault. */
function Refused({ error }: { error: ErrorView }) {
  const problems = Array.isArray(error.details.fields) ? (error.details.fields as Problem[]) : [];
  return (
    <>
      <ErrorNote error={error} />
      {problems.length > 0 ? (
        <div className="text-[0.8125rem]">
          <p className="mb-1 font-medium">Nothing was stored. Mend these, and import it again:</p>
          <ul aria-label="Lines at fault" className="grid gap-0.5">
            {problems.map(({ field, message }) => (
              <li key={field} className="[overflow-wrap:anywhere]">
                <span className="font-mono">{field}</span>: {message}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}
