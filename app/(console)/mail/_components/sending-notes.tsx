"use client";

import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";

/** What will happen when the agent sends, where that is not what one expects. */
const EFFECTS: Record<string, string> = {
  ORG_STOPPED: "All agents of this organisation are stopped: the mail will be refused, and the refusal logged.",
  AGENT_PAUSED: "This agent is paused: the mail will be refused, and the refusal logged. Resume the agent first.",
  AGENT_DELETED: "This agent was deleted: it can send nothing.",
  NO_INBOX: "This agent has no address to send from: the mail will be refused.",
  IDENTITY_NOT_VERIFIED: "Its human has not confirmed yet: mail to anybody but that human will be refused.",
  NO_RELAY: "No mail relay is configured: mail to other servers will wait in the outbox.",
};

export function SendingNotes({ agentId }: { agentId: string }) {
  const trpc = useTRPC();
  const agent = useQuery(trpc.agents.get.queryOptions({ id: agentId }, { enabled: agentId !== "" }));
  const notes = (agent.data?.readiness.blockers ?? []).filter(({ code }) => Object.hasOwn(EFFECTS, code));
  if (notes.length === 0) return null;
  return (
    <ul aria-label="What will happen" className="grid gap-1 rounded-md bg-warn-soft px-3 py-2 text-[0.8125rem]">
      {notes.map(({ code }) => (
        <li key={code} className="flex gap-2">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
          <span>
            {EFFECTS[code]}{" "}
            {code === "AGENT_PAUSED" ? (
              <Link href={`/agents/${agentId}`} className="underline underline-offset-2">
                Open the agent
              </Link>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
