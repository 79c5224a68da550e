"use client";

import { useMutation } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { useAgentChanged } from "./use-agent-changed.ts";

/** Stops an agent after a question that says what stops, or lets it go on. */
export function PauseAgent({ agent }: { agent: Agent }) {
  const trpc = useTRPC();
  const changed = useAgentChanged();
  const [open, setOpen] = useState(false);
  const update = useMutation(
    trpc.agents.update.mutationOptions({
      onSuccess: async () => {
        await changed();
        setOpen(false);
      },
    }),
  );
  const paused = agent.status === "PAUSED";
  const change = (next: boolean) => {
    update.reset();
    setOpen(next);
  };
  return (
    <>
      <Button onClick={() => change(true)}>
        {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        {paused ? "Resume" : "Pause"}
      </Button>
      <Modal
        open={open}
        onOpenChange={change}
        title={paused ? `Resume ${agent.name}?` : `Pause ${agent.name}?`}
        description={
          paused
            ? "Its key works again at once, on every channel."
            : "Within a second its key can send nothing on any channel. Mail to it is still stored. You can resume it at any time."
        }
      >
        {update.isError ? <ErrorNote error={errorOf(update.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            variant="primary"
            disabled={update.isPending}
            onClick={() => update.mutate({ id: agent.id, status: paused ? "ACTIVE" : "PAUSED" })}
          >
            {paused ? "Resume agent" : "Pause agent"}
          </Button>
        </div>
      </Modal>
    </>
  );
}
