"use client";

import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { askForPasskey } from "../../../_lib/passkey.ts";
import { useConsoleClient } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Failure } from "../../../_ui/failure.tsx";
import { Panel } from "./panel.tsx";
import type { OnEntered, Step } from "./steps.ts";

type Props = Extract<Step, { step: "second-factor" }> & { onEntered: OnEntered; onBack: () => void };

/** Asks for the passkey that the person has switched on as their second factor. */
export function SecondFactor({ ticket, options, onEntered, onBack }: Props) {
  const client = useConsoleClient();
  const confirm = useMutation({
    mutationFn: async () => client.session.signInWithPasskey.mutate({ ticket, answer: await askForPasskey(options) }),
    onSuccess: onEntered,
  });
  const busy = confirm.isPending || confirm.isSuccess;
  return (
    <Panel title="Confirm with your passkey" line="Your account asks for a passkey after the first step.">
      {confirm.isError ? <Failure error={confirm.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabled={busy} onClick={() => confirm.mutate()}>
          <Fingerprint aria-hidden />
          {busy ? "Waiting for your passkey…" : "Use a passkey"}
        </Button>
        <Button onClick={onBack} disabled={busy}>
          Back
        </Button>
      </div>
    </Panel>
  );
}
