"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Question } from "./question.tsx";
import { useChanged } from "./use-changed.ts";

/** Asks before what a person said is lifted. */
export function LiftOptOut({ phoneNumber, onClose }: { phoneNumber: string; onClose: () => void }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const lift = useMutation(
    trpc.compliance.liftOptOut.mutationOptions({
      onSuccess: async () => {
        await changed();
        onClose();
      },
    }),
  );
  return (
    <Question
      title={`Lift the opt-out of ${phoneNumber}?`}
      act="Lift the opt-out"
      asked={lift}
      onAct={() => lift.mutate({ phoneNumber })}
      onClose={onClose}
    >
      This person said stop. Lift it only if they have told you that they changed their mind: agents may then call and
      text the number again. They can lift it themselves by texting START.
    </Question>
  );
}
