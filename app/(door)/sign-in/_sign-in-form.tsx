"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf } from "../../_lib/errors.ts";
import { useTRPC } from "../../_lib/trpc.tsx";
import { Button } from "../../_ui/button.tsx";
import { Field } from "../../_ui/field.tsx";
import { ErrorNote } from "../../_ui/states.tsx";

/** @param to where to go then */
export function SignInForm({ to }: { to: string }) {
  const trpc = useTRPC();
  const [key, setKey] = useState("");
  const signIn = useMutation(
    // A full load: the pages that were drawn without a session are not to be reused.
    trpc.session.signIn.mutationOptions({ onSuccess: () => window.location.assign(to) }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ key });
  };
  return (
    <form onSubmit={submit} className="grid gap-4 rounded-lg border border-line bg-surface p-6">
      <div>
        <h1 className="text-lg font-semibold">Sign in</h1>
        <p className="mt-1 text-muted">See what your agents do, stop them, follow every chain.</p>
      </div>
      {/* Password managers file a key under a name. */}
      <input type="text" name="username" autoComplete="username" value="master key" readOnly hidden />
      <Field
        label="Master key"
        type="password"
        name="master-key"
        autoComplete="current-password"
        spellCheck={false}
        required
        mono
        placeholder="mk_…"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      {signIn.isError ? <ErrorNote error={errorOf(signIn.error)} /> : null}
      <Button type="submit" variant="primary" disabled={signIn.isPending || signIn.isSuccess}>
        {signIn.isPending || signIn.isSuccess ? "Signing in…" : "Sign in"}
      </Button>
      <p className="text-[0.8125rem] text-muted">
        No key at hand? Each start of the server prints a one-time link that opens the console.
      </p>
    </form>
  );
}
