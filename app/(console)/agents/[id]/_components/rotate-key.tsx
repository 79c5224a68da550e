"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { CopyBlock } from "../../../../_ui/copy.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { useKeysChanged } from "../../../keys/_components/use-keys-changed.ts";
import { sendCommand } from "../../_components/send-command.ts";
import type { QuestionProps } from "./agent-acts.tsx";

/** Replaces the agent's key and shows the new one, this once. */
export function RotateKey({ agent, onClose }: QuestionProps) {
  const trpc = useTRPC();
  const changed = useKeysChanged();
  const status = useQuery(trpc.server.status.queryOptions());
  const rotate = useMutation(trpc.agents.rotateKey.mutationOptions({ onSuccess: changed }));
  const key = rotate.data?.apiKey;
  return (
    <Modal
      open
      onOpenChange={onClose}
      sticky={key !== undefined}
      title={key ? `The new key of ${agent.name}` : `Rotate the key of ${agent.name}?`}
      description={
        key
          ? "It is shown this once: copy it now. The old one is dead already."
          : "The key in use dies at once: whatever runs with it is refused until it has the new one."
      }
    >
      {key ? (
        <>
          <CopyBlock text={key} what="key" />
          <CopyBlock text={sendCommand(status.data?.publicUrl ?? "", key)} what="command" />
          <Button variant="primary" className="justify-self-end" onClick={onClose}>
            I have copied the key
          </Button>
        </>
      ) : (
        <>
          {rotate.isError ? <ErrorNote error={errorOf(rotate.error)} /> : null}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" disabled={rotate.isPending} onClick={() => rotate.mutate({ id: agent.id })}>
              Rotate key
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}
