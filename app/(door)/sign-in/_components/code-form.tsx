"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Panel } from "./panel.tsx";
import type { OnEntered } from "./steps.ts";

type Props = { codeId: string; email: string; onEntered: OnEntered; onBack: () => void };

/** Takes the code that was mailed. */
export function CodeForm({ codeId, email, onEntered, onBack }: Props) {
  const trpc = useTRPC();
  const [code, setCode] = useState("");
  const byCode = useMutation(trpc.session.signInWithCode.mutationOptions({ onSuccess: onEntered }));
  const error = byCode.isError ? errorOf(byCode.error) : null;
  const codeError = fieldError(error, "code");
  const busy = byCode.isPending || byCode.isSuccess;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byCode.mutate({ codeId, code });
  };
  return (
    <Panel
      title="Enter the code"
      line={`If ${email} has an account here, a code is on its way. It works once, within ten minutes.`}
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label="Code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          required
          mono
          placeholder="1234 5678"
          maxLength={12}
          error={codeError}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        {error && !codeError ? <ErrorNote error={error} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={busy}>
            {busy ? "Signing in…" : "Sign in"}
          </Button>
          <Button onClick={onBack} disabled={busy}>
            Back
          </Button>
        </div>
      </form>
    </Panel>
  );
}
