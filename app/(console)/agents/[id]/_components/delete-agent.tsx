"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Field } from "../../../../_ui/field.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";

/** Deletes an agent once its name was typed. */
export function DeleteAgent({ agent }: { agent: Agent }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.agents.delete.mutationOptions({
      onSuccess: () => {
        // Only lists are read again: this page's agent is gone, and asking for it would be an error.
        router.push("/agents");
        return queryClient.invalidateQueries(trpc.agents.list.pathFilter());
      },
    }),
  );
  const change = (next: boolean) => {
    remove.reset();
    setTyped("");
    setOpen(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate({ id: agent.id });
  };
  return (
    <>
      <Button variant="danger-outline" onClick={() => change(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <Modal
        open={open}
        onOpenChange={change}
        title={`Delete ${agent.name}?`}
        description="All its keys die at once and its address takes no more mail, for good: the address is never given out again. Its mail and its log stay."
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
            <Button onClick={() => change(false)}>Cancel</Button>
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
    </>
  );
}
