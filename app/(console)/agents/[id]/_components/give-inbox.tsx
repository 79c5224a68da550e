"use client";

import { useMutation } from "@tanstack/react-query";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { ErrorNote } from "../../../../_ui/states.tsx";
import { WriteButton } from "../../../../_ui/write-button.tsx";
import { useAgentCache } from "../../_components/use-agent-cache.ts";

/** Gives an agent without an address one that is made from its slug. */
export function GiveInbox({ agent }: { agent: Agent }) {
  const trpc = useTRPC();
  const cache = useAgentCache();
  const give = useMutation(
    trpc.agents.giveInbox.mutationOptions({ onSuccess: async () => cache.put(await cache.read(agent.id)) }),
  );
  return (
    <>
      <WriteButton size="sm" disabled={give.isPending} onClick={() => give.mutate({ agentId: agent.id })}>
        Give it an address
      </WriteButton>
      {give.isError ? <ErrorNote error={errorOf(give.error)} /> : null}
    </>
  );
}
