"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";

type ReleaseProps = {
  number: NumberView;
  /** The agent's other numbers, oldest first. */
  others: NumberView[];
  onClose: () => void;
};

/** Gives a number back once it was typed. */
export function ReleaseNumber({ number, others, onClose }: ReleaseProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [typed, setTyped] = useState("");
  const release = useMutation(
    trpc.numbers.release.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.numbers.pathFilter());
        void queryClient.invalidateQueries(trpc.agents.pathFilter());
        toast({ text: `${number.display} was released.` });
        onClose();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    release.mutate({ phoneNumber: number.phoneNumber });
  };
  return (
    <Modal
      open
      onOpenChange={onClose}
      title={`Release ${number.display}?`}
      description={<Consequences number={number} others={others} />}
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={`Type ${number.display} to confirm`}
          name="confirmation"
          autoComplete="off"
          inputMode="tel"
          mono
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {release.isError ? <ErrorNote error={errorOf(release.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="danger"
            disabled={digitsOf(typed) !== digitsOf(number.phoneNumber) || release.isPending || release.isSuccess}
          >
            Release number
          </Button>
        </div>
      </form>
    </Modal>
  );
}

const digitsOf = (text: string) => text.replaceAll(/\D/g, "");

function Consequences({ number: { agentName, isPrimary }, others }: Pick<ReleaseProps, "number" | "others">) {
  const [next] = others;
  return (
    <ul className="grid list-disc gap-1 pl-4">
      <li>At once nobody here is reached at it, and what is still on its way from it may fail.</li>
      {next ? (
        isPrimary ? (
          <li>
            {agentName} then calls and texts from <span className="font-mono">{next.display}</span>.
          </li>
        ) : null
      ) : (
        <li>
          <strong className="font-medium text-ink">{agentName} can no longer call or text:</strong> it has no other
          number.
        </li>
      )}
      <li>The carrier gives it to somebody else sooner or later. Whether it can be had back, nobody can promise.</li>
      <li>This month stays paid; it is not charged again.</li>
      <li>Kept and still readable: its conversations and calls, and all of it in the log.</li>
    </ul>
  );
}
