"use client";

import { Copy, Pause, Play } from "lucide-react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { useWriteRefusal } from "../../../_lib/write-access.ts";
import { RowMenu } from "../../../_ui/menu.tsx";

/** What can be done with an agent from its row. */
export function AgentMenu({ agent, onSwitch }: { agent: Agent; onSwitch: (agent: Agent) => void }) {
  const refusal = useWriteRefusal();
  const email = agent.emailIdentities[0]?.email;
  // Browsers offer the clipboard on HTTPS and localhost only.
  const clipboard = typeof navigator === "undefined" ? undefined : navigator.clipboard;
  const isPaused = agent.status === "PAUSED";
  return (
    <RowMenu
      label={`Actions for ${agent.name}`}
      entries={[
        {
          name: isPaused ? "Resume" : "Pause",
          icon: isPaused ? <Play aria-hidden /> : <Pause aria-hidden />,
          onSelect: () => onSwitch(agent),
          disabled: refusal !== null,
          title: refusal ?? undefined,
        },
        ...(email && clipboard
          ? [{ name: "Copy address", icon: <Copy aria-hidden />, onSelect: () => void clipboard.writeText(email) }]
          : []),
      ]}
    />
  );
}
