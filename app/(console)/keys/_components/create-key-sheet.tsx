"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Scope } from "#server/domain/scopes.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { CopyBlock } from "../../../_ui/copy.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { AgentPicker, type PickedAgent } from "./agent-picker.tsx";
import { type Expiry, ExpiryField, expiryOf } from "./expiry-field.tsx";
import { ScopePicker } from "./scope-picker.tsx";
import { useKeysChanged } from "./use-keys-changed.ts";

type Made = { name: string; key: string };
type Props = { open: boolean; onOpenChange: (open: boolean) => void; agent?: PickedAgent };

/** Makes one more key, for the organisation or an agent, and ends in the key, which is shown this once. */
export function CreateKeySheet({ open, onOpenChange, agent }: Props) {
  const trpc = useTRPC();
  const status = useQuery(trpc.server.status.queryOptions());
  const [made, setMade] = useState<Made | null>(null);
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setMade(null);
  };
  return (
    <Sheet
      open={open}
      onOpenChange={change}
      sticky={made !== null}
      title={made ? `${made.name} is ready` : agent ? `Create a key for ${agent.name}` : "Create key"}
      description={
        made
          ? "This is the key. It is shown this once: copy it now."
          : "Give each program a key of its own: one can then be ended without the others."
      }
    >
      {made ? (
        <div className="grid gap-5">
          <CopyBlock text={made.key} what="key" />
          <div className="grid gap-2">
            <h3 className="font-medium">Try it</h3>
            <CopyBlock
              text={`curl ${status.data?.publicUrl ?? ""}/v1/orgs/me \\\n  -H 'Authorization: Bearer ${made.key}'`}
              what="command"
            />
          </div>
          <Button variant="primary" className="justify-self-start" onClick={() => change(false)}>
            I have copied the key
          </Button>
        </div>
      ) : (
        <Form onMade={setMade} {...(agent ? { agent } : {})} />
      )}
    </Sheet>
  );
}

function Form({ onMade, agent }: { onMade: (made: Made) => void; agent?: PickedAgent }) {
  const trpc = useTRPC();
  const changed = useKeysChanged();
  const [name, setName] = useState("");
  const [isForAgent, setIsForAgent] = useState(agent !== undefined);
  const [picked, setPicked] = useState<PickedAgent | null>(agent ?? null);
  const [scopes, setScopes] = useState<Scope[]>(["*"]);
  const [expiry, setExpiry] = useState<Expiry>({ after: "never", day: "" });
  const create = useMutation(
    trpc.keys.create.mutationOptions({
      onSuccess: (key) => {
        onMade(key);
        return changed();
      },
    }),
  );
  const error = create.isError ? errorOf(create.error) : null;
  const nameError = fieldError(error, "name");
  const scopeError = fieldError(error, "scopes");
  const expiryError = fieldError(error, "expiresAt");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      name,
      scopes,
      expiresAt: expiryOf(expiry, new Date()),
      ...(isForAgent && picked ? { agentId: picked.id } : {}),
    });
  };
  const isReady = !create.isPending && scopes.length > 0 && (!isForAgent || picked !== null);
  return (
    <form onSubmit={submit} className="grid gap-5">
      <Field
        label="Name"
        name="key-name"
        autoComplete="off"
        required
        maxLength={100}
        placeholder="Nightly report"
        hint="Says later what runs with it."
        error={nameError}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {agent ? null : (
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 font-medium">Whom it is for</legend>
          <label className="flex items-start gap-2">
            <input
              type="radio"
              name="owner"
              checked={!isForAgent}
              onChange={() => setIsForAgent(false)}
              className="mt-1 accent-accent-fill"
            />
            <span>
              The organisation
              <span className="block text-[0.8125rem] text-muted">A master key (mk_): it acts for every agent.</span>
            </span>
          </label>
          <label className="flex items-start gap-2">
            <input
              type="radio"
              name="owner"
              checked={isForAgent}
              onChange={() => setIsForAgent(true)}
              className="mt-1 accent-accent-fill"
            />
            <span>
              One agent
              <span className="block text-[0.8125rem] text-muted">
                A key (ak_) that sees and does what is this agent's.
              </span>
            </span>
          </label>
          {isForAgent ? <AgentPicker picked={picked} onPick={setPicked} /> : null}
        </fieldset>
      )}
      <ScopePicker chosen={scopes} onChoose={setScopes} {...(scopeError ? { error: scopeError } : {})} />
      <ExpiryField expiry={expiry} onChange={setExpiry} error={expiryError} />
      {error && !nameError && !scopeError && !expiryError ? <ErrorNote error={error} /> : null}
      <Button type="submit" variant="primary" disabled={!isReady}>
        {create.isPending ? "Creating…" : "Create key"}
      </Button>
    </form>
  );
}
