"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { SearchField } from "../../../_ui/search-field.tsx";

export type PickedAgent = { id: string; name: string };

const SHOWN = 6;

/** Finds an agent by part of its name, slug or address. */
export function AgentPicker({
  picked,
  onPick,
}: {
  picked: PickedAgent | null;
  onPick: (agent: PickedAgent | null) => void;
}) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const agents = useQuery(
    trpc.agents.list.queryOptions(
      { limit: SHOWN, ...(search ? { search } : {}) },
      { enabled: picked === null, placeholderData: keepPreviousData },
    ),
  );
  if (picked) {
    return (
      <p className="flex items-center justify-between gap-2 rounded-md border border-line py-1 pr-1 pl-3">
        <span className="truncate">{picked.name}</span>
        <Button size="sm" onClick={() => onPick(null)}>
          Another one
        </Button>
      </p>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <div className="flex">
        <SearchField label="Search an agent" value={search} onSearch={setSearch} />
      </div>
      <ul className="grid grid-cols-[minmax(0,1fr)]">
        {agents.data?.items.map((agent) => (
          <li key={agent.id}>
            <button
              type="button"
              className="w-full truncate rounded px-2 py-1 text-left text-[0.8125rem] hover:bg-raised"
              onClick={() => onPick({ id: agent.id, name: agent.name })}
            >
              {agent.name}{" "}
              <span className="font-mono text-[0.75rem] text-muted">{agent.emailIdentities[0]?.email}</span>
            </button>
          </li>
        ))}
      </ul>
      {agents.data?.items.length === 0 ? <p className="text-[0.8125rem] text-muted">No agent has this text.</p> : null}
    </div>
  );
}
