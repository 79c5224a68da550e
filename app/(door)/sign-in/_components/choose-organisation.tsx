"use client";

import { useMutation } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Panel } from "./panel.tsx";
import type { Step } from "./steps.ts";

type Props = Extract<Step, { step: "organisation" }> & { onEntered: () => void; onBack: () => void };

/** Asks somebody who is a member of several organisations which one to open. */
export function ChooseOrganisation({ ticket, organisations, onEntered, onBack }: Props) {
  const trpc = useTRPC();
  const choose = useMutation(trpc.session.chooseOrganisation.mutationOptions({ onSuccess: onEntered }));
  const busy = choose.isPending || choose.isSuccess;
  return (
    <Panel title="Choose an organisation" line="You can switch at any time in the settings.">
      <ul className="grid gap-2">
        {organisations.map(({ id, name, role }) => (
          <li key={id}>
            <Button
              className="w-full justify-between"
              disabled={busy}
              onClick={() => choose.mutate({ ticket, orgId: id })}
            >
              <span className="truncate">{name}</span>
              <span className="flex items-center gap-2 font-mono text-[0.75rem] text-muted">
                {role.toLowerCase()} <ChevronRight aria-hidden />
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {choose.isError ? <ErrorNote error={errorOf(choose.error)} /> : null}
      <Button className="justify-self-start" onClick={onBack} disabled={busy}>
        Back
      </Button>
    </Panel>
  );
}
