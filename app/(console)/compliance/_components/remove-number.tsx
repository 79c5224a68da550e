"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Question } from "./question.tsx";
import { useChanged } from "./use-changed.ts";

/** Asks before a number is taken off the do-not-call list. */
export function RemoveNumber({ phoneNumber, onClose }: { phoneNumber: string; onClose: () => void }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const remove = useMutation(
    trpc.compliance.removeDoNotCall.mutationOptions({
      onSuccess: async () => {
        await changed();
        onClose();
      },
    }),
  );
  return (
    <Question
      title={`Take ${phoneNumber} off the list?`}
      act="Take it off"
      asked={remove}
      onAct={() => remove.mutate({ phoneNumber })}
      onClose={onClose}
    >
      Agents may call and text it again, as far as consent and the other gates allow. An opt-out or a revocation of this
      number stays. That it was taken off, and by whom, is on the log.
    </Question>
  );
}
