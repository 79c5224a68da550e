"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useSession } from "../../../_lib/session.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field } from "../../../_ui/field.tsx";
import { Modal } from "../../../_ui/overlay.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { counted } from "../counted.ts";

/** The kill switch's question: what stops, or goes on. A stop is confirmed by typing the organisation's name. */
export function StopDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { orgId, orgName, orgStatus } = useSession();
  // What the question is about does not turn round while the answer is on its way.
  const [asked, setAsked] = useState(orgStatus);
  const [wasOpen, setWasOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const change = useChangeStatus(() => onOpenChange(false));
  if (open !== wasOpen) {
    setWasOpen(open);
    setAsked(orgStatus);
    setTyped("");
  }
  const stops = asked === "ACTIVE";
  const act = stops ? change.stop : change.resume;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ id: orgId });
  };
  const close = (next: boolean) => {
    act.reset();
    onOpenChange(next);
  };
  return (
    <Modal
      open={open}
      onOpenChange={close}
      title={stops ? `Stop all agents of ${orgName}?` : `Resume the agents of ${orgName}?`}
      description={<Consequences stops={stops} open={open} />}
    >
      <form onSubmit={submit} className="grid gap-4">
        {stops ? (
          <Field
            label={`Type ${orgName} to confirm`}
            name="confirmation"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        ) : null}
        {act.isError ? <ErrorNote error={errorOf(act.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button
            type="submit"
            variant={stops ? "danger" : "primary"}
            disabled={act.isPending || (stops && typed.trim() !== orgName)}
          >
            {stops ? "Stop all agents" : "Resume agents"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Both ways of the switch; the frame shows the outcome at once, the log tells every other window. */
function useChangeStatus(onDone: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = ({ status }: { status: "ACTIVE" | "STOPPED" }) => {
    queryClient.setQueryData(
      trpc.session.current.queryKey(),
      (session) => session && { ...session, orgStatus: status },
    );
    onDone();
  };
  return {
    stop: useMutation(trpc.organization.stop.mutationOptions({ onSuccess })),
    resume: useMutation(trpc.organization.resume.mutationOptions({ onSuccess })),
  };
}

function Consequences({ stops, open }: { stops: boolean; open: boolean }) {
  const trpc = useTRPC();
  const preview = useQuery(trpc.organization.previewStop.queryOptions(undefined, { enabled: open, staleTime: 0 }));
  const { activeAgents, pausedAgents, queuedMails, most } = preview.data ?? {};
  const count = (number: number | undefined, what: string) => (
    <strong className="font-medium text-ink tabular-nums">
      {number === undefined ? "…" : counted(number, what, most)}
    </strong>
  );
  if (!stops) {
    return (
      <>
        {count(activeAgents, "agent")} can act again at once, on every channel; {count(pausedAgents, "paused agent")}{" "}
        stay paused. In the queue: {count(queuedMails, "mail")}, which then leave as far as there is a way for them.
      </>
    );
  }
  return (
    <span className="grid gap-2">
      <span>
        Within a second {count(activeAgents, "agent")} can do nothing on any channel: their keys are refused with 403
        ORG_STOPPED.
      </span>
      <span>
        In the queue: {count(queuedMails, "mail")}, which stay there until you resume. Mail to the agents is still
        stored, and people can still use this console.
      </span>
    </span>
  );
}
