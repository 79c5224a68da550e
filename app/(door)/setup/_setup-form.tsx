"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../_lib/errors.ts";
import { HOME } from "../../_lib/home.ts";
import { useTRPC } from "../../_lib/trpc.tsx";
import { Button } from "../../_ui/button.tsx";
import { CopyBlock } from "../../_ui/copy.tsx";
import { Field } from "../../_ui/field.tsx";
import { ErrorNote } from "../../_ui/states.tsx";

/** Makes the first organisation, then shows its master key: the only time that anybody can read it. */
export function SetupForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const setUp = useMutation(trpc.session.setUp.mutationOptions());
  if (setUp.isSuccess) return <MasterKey masterKey={setUp.data.masterKey} />;

  const error = setUp.isError ? errorOf(setUp.error) : null;
  const nameError = fieldError(error, "name");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate({ token, name });
  };
  return (
    <form onSubmit={submit} className="grid gap-4 rounded-lg border border-line bg-surface p-6">
      <div>
        <h1 className="text-lg font-semibold">Set up this server</h1>
        <p className="mt-1 text-muted">One organisation holds your agents, their keys and their log.</p>
      </div>
      <Field
        label="Organisation"
        name="organisation"
        autoComplete="organization"
        required
        maxLength={100}
        placeholder="Acme Robotics"
        hint="People see it in the console. It cannot receive mail."
        error={nameError}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {error && !nameError ? <ErrorNote error={error} /> : null}
      <Button type="submit" variant="primary" disabled={setUp.isPending}>
        {setUp.isPending ? "Creating…" : "Create the organisation"}
      </Button>
    </form>
  );
}

function MasterKey({ masterKey }: { masterKey: string }) {
  return (
    <div className="grid gap-4 rounded-lg border border-line bg-surface p-6">
      <div>
        <h1 className="text-lg font-semibold">Your master key</h1>
        <p className="mt-1 text-muted">
          It is shown this once and opens everything of this organisation: the console, every agent, every mail. Put it
          in a password manager.
        </p>
      </div>
      <CopyBlock text={masterKey} what="master key" />
      <Button variant="primary" onClick={() => window.location.replace(HOME)}>
        I have stored it: open the console
      </Button>
    </div>
  );
}
