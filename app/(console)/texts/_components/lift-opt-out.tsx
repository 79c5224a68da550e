"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ShownNumber } from "#server/domain/sms/conversation.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

/** Asks before an opt-out is lifted. */
export function LiftOptOut({ number, onClose }: { number: ShownNumber; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const lift = useMutation(
    trpc.texts.lift.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.texts.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={`Lift the opt-out of ${number.display}?`}
      description="Only where the person has told you that they want to hear from you again. From then on every agent may call and text the number, as far as the other rules allow. The log keeps who lifted it. They can always text START themselves."
    >
      {lift.isError ? <ErrorNote error={errorOf(lift.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="danger"
          disabled={lift.isPending}
          onClick={() => lift.mutate({ phoneNumber: number.phoneNumber })}
        >
          Lift the opt-out
        </Button>
      </div>
    </Modal>
  );
}
