"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Field } from "../../../../_ui/field.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { counted } from "../../../_components/counted.ts";
import { useAgentCache } from "../../_components/use-agent-cache.ts";
import type { QuestionProps } from "./agent-acts.tsx";

/** Deletes an agent once its name was typed. */
export function DeleteAgent({ agent, onClose }: QuestionProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const cache = useAgentCache();
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.agents.delete.mutationOptions({
      onSuccess: () => {
        router.push("/agents");
        cache.remove(agent.id);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate({ id: agent.id });
  };
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={`Delete ${agent.name}?`}
      description={<Consequences agentId={agent.id} />}
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={`Type ${agent.name} to confirm`}
          name="confirmation"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {remove.isError ? <ErrorNote error={errorOf(remove.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="danger"
            disabled={typed.trim() !== agent.name || remove.isPending || remove.isSuccess}
          >
            Delete agent
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Consequences({ agentId }: { agentId: string }) {
  const trpc = useTRPC();
  const holdings = useQuery(trpc.agents.holdings.queryOptions({ id: agentId }, { staleTime: 0 }));
  const { keys, addresses, messages, queuedMails, phoneNumbers, runningCalls, most } = holdings.data ?? {};
  const count = (number: number | undefined, what: string) =>
    number === undefined ? "…" : counted(number, what, most);
  return (
    <ul className="grid list-disc gap-1 pl-4">
      <li>
        Dead at once: <Strong>{count(keys, "key")}</Strong>.
      </li>
      <li>
        Closed for good: <Strong>{count(addresses, "address")}</Strong>. An address is never given out again.
      </li>
      <li>
        Given back to the carrier: <Strong>{count(phoneNumbers, "number")}</Strong>, which somebody else may get. Hung
        up: <Strong>{count(runningCalls, "call")}</Strong>.
      </li>
      <li>
        Kept and still readable: <Strong>{count(messages, "message")}</Strong>, and all it did in the log.
      </li>
      <li>
        In the queue: <Strong>{count(queuedMails, "mail")}</Strong>. What waits there still leaves; a pause would hold
        it.
      </li>
    </ul>
  );
}

function Strong({ children }: { children: string }) {
  return <strong className="font-medium text-ink tabular-nums">{children}</strong>;
}
