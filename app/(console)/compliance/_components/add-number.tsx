"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Sheet } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { useChanged } from "./use-changed.ts";

/** Puts one number on the do-not-call list. */
export function AddNumber({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const toast = useToast();
  const add = useMutation(
    trpc.compliance.addDoNotCall.mutationOptions({
      onSuccess: async ({ phoneNumber }) => {
        await changed();
        toast({ text: `${phoneNumber} is on the list`, tone: "good" });
        onClose();
      },
    }),
  );
  const error = add.isError ? errorOf(add.error) : null;
  const [numberError, reasonError] = [fieldError(error, "phoneNumber"), fieldError(error, "reason")];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const reason = String(fields.get("reason") ?? "").trim();
    add.mutate({ phoneNumber: String(fields.get("phoneNumber")), ...(reason ? { reason } : {}) });
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="Add a number"
      description="From this moment on no agent calls or texts it. What is ringing already goes on."
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label="Number"
          name="phoneNumber"
          type="tel"
          mono
          required
          autoComplete="off"
          placeholder="+14155550142"
          error={numberError}
        />
        <Field
          label="Reason"
          name="reason"
          hint="For instance: asked by mail on 3 March. Not required."
          maxLength={500}
          autoComplete="off"
          error={reasonError}
        />
        {error && !numberError && !reasonError ? <ErrorNote error={error} /> : null}
        <Button type="submit" variant="primary" disabled={add.isPending}>
          {add.isPending ? "Adding…" : "Add to the list"}
        </Button>
      </form>
    </Sheet>
  );
}
