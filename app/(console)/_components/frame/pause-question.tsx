"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";

type Props = { agent: Agent; onCancel: () => void; onDone: () => void };

/** Says what stops, or goes on, and does it; afterwards it can be undone for a moment. */
export function PauseQuestion({ agent, onCancel, onDone }: Props) {
  const { setStatus, update } = useSetStatus(agent);
  const pausing = agent.status !== "PAUSED";
  return (
    <div className="grid gap-4 p-5">
      <div>
        <Dialog.Title className="text-base font-semibold">
          {pausing ? "Pause" : "Resume"} {agent.name}?
        </Dialog.Title>
        <p className="mt-1 text-muted">
          {pausing
            ? "Within a second its key can send nothing on any channel. Mail to it is still stored. You can resume it at any time."
            : "Its key works again at once, on every channel, and mail that was held back leaves."}
        </p>
      </div>
      {update.isError ? <ErrorNote error={errorOf(update.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Back</Button>
        <Button
          variant="primary"
          autoFocus
          disabled={update.isPending}
          onClick={() => setStatus(pausing ? "PAUSED" : "ACTIVE", onDone)}
        >
          {pausing ? "Pause agent" : "Resume agent"}
        </Button>
      </div>
    </div>
  );
}

type Status = "PAUSED" | "ACTIVE";

function useSetStatus(agent: Agent) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const update = useMutation(trpc.agents.update.mutationOptions());
  const apply = async (status: Status) => {
    await update.mutateAsync({ id: agent.id, status });
    await Promise.all([
      queryClient.invalidateQueries(trpc.agents.pathFilter()),
      queryClient.invalidateQueries(trpc.events.pathFilter()),
    ]);
  };
  const undo = (status: Status) =>
    apply(status).then(
      () => toast({ text: `${agent.name} is ${status === "PAUSED" ? "paused" : "active"} again`, tone: "good" }),
      (error: unknown) => toast({ text: `${agent.name} was not changed`, error: errorOf(error) }),
    );
  const setStatus = (status: Status, onDone: () => void) =>
    apply(status).then(
      () => {
        const before: Status = status === "PAUSED" ? "ACTIVE" : "PAUSED";
        toast({
          text: `${agent.name} is ${status === "PAUSED" ? "paused" : "active"}`,
          tone: "good",
          action: { label: "Undo", run: () => void undo(before) },
        });
        onDone();
      },
      // The question shows why; it stays open.
      () => {},
    );
  return { setStatus, update };
}
