"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { OtherWay, Panel } from "./panel.tsx";

/** In by master key, as an owner. @param alone whether there is no other way yet */
export function KeyForm({ to, alone, onSignedIn }: { to: string; alone: boolean; onSignedIn: () => void }) {
  const trpc = useTRPC();
  const [key, setKey] = useState("");
  const signIn = useMutation(trpc.session.signIn.mutationOptions({ onSuccess: onSignedIn }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ key });
  };
  const busy = signIn.isPending || signIn.isSuccess;
  return (
    <Panel title="Sign in" line="See what your agents do, stop them, follow every chain.">
      <form onSubmit={submit} className="grid gap-4">
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
        <Button type="submit" variant="primary" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </Button>
      </form>
      <p className="text-[0.8125rem] text-muted">
        No key at hand? Each start of the server prints a one-time link that opens the console.
      </p>
      {alone ? null : (
        <OtherWay to={to} way="email">
          With your e-mail address or a passkey
        </OtherWay>
      )}
    </Panel>
  );
}
