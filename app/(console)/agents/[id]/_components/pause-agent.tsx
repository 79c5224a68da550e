"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { counted } from "../../../_components/counted.ts";
import { useAgentStatus } from "../../_components/use-agent-status.ts";
import type { QuestionProps } from "./agent-acts.tsx";

/** Stops an agent after a question that says what stops, or lets it go on. */
export function PauseAgent({ agent, onClose }: QuestionProps) {
  const update = useAgentStatus();
  // What the question is about does not turn round while the answer is on its way.
  const [asked] = useState<"PAUSED" | "ACTIVE">(agent.status === "PAUSED" ? "ACTIVE" : "PAUSED");
  const verb = asked === "PAUSED" ? "Pause" : "Resume";
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={`${verb} ${agent.name}?`}
      description={<Consequences agentId={agent.id} asked={asked} />}
    >
      {update.isError ? <ErrorNote error={errorOf(update.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabled={update.isPending}
          onClick={() => update.mutate({ id: agent.id, status: asked }, { onSuccess: onClose })}
        >
          {verb} agent
        </Button>
      </div>
    </Modal>
  );
}

function Consequences({ agentId, asked }: { agentId: string; asked: "PAUSED" | "ACTIVE" }) {
  const trpc = useTRPC();
  const holdings = useQuery(trpc.agents.holdings.queryOptions({ id: agentId }, { staleTime: 0 }));
  const queued = holdings.data ? counted(holdings.data.queuedMails, "mail", holdings.data.most) : null;
  if (asked === "ACTIVE") {
    return (
      <>
        Its key works again at once, on every channel. In the queue: <Count text={queued} />, which then leave as far as
        there is a way for them.
      </>
    );
  }
  return (
    <>
      Within a second its key can send nothing on any channel. In the queue: <Count text={queued} />, which stay there
      until it is resumed. Mail to it is still stored. You can resume it at any time.
    </>
  );
}

function Count({ text }: { text: string | null }) {
  return <strong className="font-medium text-ink tabular-nums">{text ?? "…"}</strong>;
}
