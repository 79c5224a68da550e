"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";

const SHOWN = 20;

/** Agents whose name, slug or address has what is typed. */
export function AgentMenu({ onChoose, onClose }: { onChoose: (agentId: string) => void; onClose: () => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const input = { limit: SHOWN, ...(text.trim() ? { query: text.trim() } : {}) };
  const agents = useQuery(trpc.agents.list.queryOptions(input, { placeholderData: keepPreviousData }));
  return (
    <Command
      label="Agents"
      shouldFilter={false}
      className="animate-fade absolute top-9 left-0 z-30 w-72 max-w-[calc(100vw-2rem)] rounded-md border border-line bg-surface p-1 shadow-lg"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Part of a name"
        className="h-8 w-full rounded bg-raised px-2 text-[0.8125rem] placeholder:text-muted"
      />
      <Command.List className="mt-1 max-h-64 overflow-y-auto">
        {agents.isError ? <p className="px-2 py-1.5 text-danger">{errorOf(agents.error).detail}</p> : null}
        {agents.data?.items.length === 0 ? <p className="px-2 py-1.5 text-muted">No agent is called so.</p> : null}
        {agents.data?.items.map((agent) => (
          <Command.Item
            key={agent.id}
            value={agent.id}
            onSelect={() => onChoose(agent.id)}
            className="flex cursor-pointer items-baseline justify-between gap-3 rounded px-2 py-1.5 data-[selected=true]:bg-raised"
          >
            <span className="truncate text-[0.8125rem]">{agent.name}</span>
            <span className="truncate font-mono text-[0.75rem] text-muted">{agent.slug}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
