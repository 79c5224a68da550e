"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import dynamic from "next/dynamic";
import { type FormEvent, Suspense, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { CopyBlock } from "../../../_ui/copy.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Link } from "../../../_ui/link.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { sendCommand } from "./send-command.ts";
import { useAgentCache } from "./use-agent-cache.ts";

const WishedNumber = dynamic(patient(() => import("./wished-number.tsx").then((module) => module.WishedNumber)));

type Made = { id: string; name: string; apiKey: string; waitsForNumber: boolean };

/** Asks for a name and an address, makes the agent, and ends in its key, which is shown this once. */
export function CreateAgentSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
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
      title={made ? `${made.name} is ready` : "Create agent"}
      description={
        made ? "This is its key. It is shown this once: copy it now." : "It gets a mail address and a key of its own."
      }
    >
      {made ? <AgentKey agent={made} onDone={() => change(false)} /> : <CreateForm onMade={setMade} />}
    </Sheet>
  );
}

function CreateForm({ onMade }: { onMade: (made: Made) => void }) {
  const trpc = useTRPC();
  const cache = useAgentCache();
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [wantsNumber, setWantsNumber] = useState(false);
  const status = useQuery(trpc.server.status.queryOptions());
  const create = useMutation(
    trpc.agents.create.mutationOptions({
      onSuccess: ({ apiKey, ...agent }, { provisionPhone }) => {
        onMade({ id: agent.id, name: agent.name, apiKey, waitsForNumber: provisionPhone === true });
        cache.put(agent);
      },
    }),
  );
  const error = create.isError ? errorOf(create.error) : null;
  const nameError = fieldError(error, "name");
  const addressError = fieldError(error, "email");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      name,
      ...(address.trim() ? { email: address.trim() } : {}),
      ...(wantsNumber ? { provisionPhone: true } : {}),
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label="Name"
        name="agent-name"
        autoComplete="off"
        required
        maxLength={100}
        placeholder="Support triage"
        error={nameError}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="Address"
        name="agent-address"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        mono
        placeholder="made from the name"
        suffix={status.data ? `@${status.data.mailDomain}` : undefined}
        hint="Leave it empty to have one made from the name."
        error={addressError}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
      />
      <div className="grid gap-1.5">
        <p className="font-medium">Capabilities</p>
        <p className="flex items-start gap-2 text-[0.8125rem] text-muted">
          <Check className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden />
          Mail: it sends and receives at its address from the first moment.
        </p>
        <label className="flex items-start gap-2 text-[0.8125rem]">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent-fill"
            checked={wantsNumber}
            onChange={(event) => setWantsNumber(event.target.checked)}
          />
          Calls and texts: buys it a telephone number
        </label>
        {wantsNumber ? (
          <Suspense fallback={<p className="text-[0.8125rem] text-muted">…</p>}>
            <WishedNumber />
          </Suspense>
        ) : null}
      </div>
      {error && !nameError && !addressError ? <ErrorNote error={error} /> : null}
      <Button type="submit" variant="primary" disabled={create.isPending}>
        {create.isPending ? "Creating…" : "Create agent"}
      </Button>
    </form>
  );
}

function AgentKey({ agent, onDone }: { agent: Made; onDone: () => void }) {
  const trpc = useTRPC();
  const status = useQuery(trpc.server.status.queryOptions());
  return (
    <div className="grid gap-5">
      <CopyBlock text={agent.apiKey} what="key" />
      <div className="grid gap-2">
        <h3 className="font-medium">Send its first mail</h3>
        <CopyBlock text={sendCommand(status.data?.publicUrl ?? "", agent.apiKey)} what="command" />
      </div>
      {agent.waitsForNumber ? (
        <p className="text-muted">Its number is being bought: in a moment it stands on the agent&apos;s page.</p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onDone}>
          I have copied the key
        </Button>
        <Button asChild>
          <Link href={`/agents/${agent.id}`}>Open the agent</Link>
        </Button>
      </div>
    </div>
  );
}
