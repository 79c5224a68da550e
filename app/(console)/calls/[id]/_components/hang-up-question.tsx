"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Modal } from "../../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { personOf } from "../../_components/call-words.ts";

export function HangUpQuestion({ call, onClose }: { call: CallFacts; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const hangUp = useMutation(
    trpc.calls.hangUp.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.calls.read.queryFilter({ id: call.id }));
        onClose();
      },
    }),
  );
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={`Hang up on ${personOf(call)}?`}
      description="The line goes dead at once, in the middle of a sentence too, and the agent is told. The minute that has begun counts; the minutes that were held for the rest go back."
    >
      {hangUp.isError ? <ErrorNote error={errorOf(hangUp.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Let them talk</Button>
        <Button
          variant="danger"
          disabled={hangUp.isPending || hangUp.isSuccess}
          onClick={() => hangUp.mutate({ callId: call.id })}
        >
          Hang up
        </Button>
      </div>
    </Modal>
  );
}
