"use client";

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Field } from "../../../_ui/field.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { AGENT_CHOICES } from "./params.ts";

type AgentChoiceProps = { value: string; onChange: (agentId: string) => void; error: string | undefined };

/** Which agent writes. Where there are more than fit into the choice, a field finds them. */
export function AgentChoice({ value, onChange, error }: AgentChoiceProps) {
  const trpc = useTRPC();
  const id = useId();
  const nameOf = useAgentNames();
  const [query, setQuery] = useState("");
  const all = useQuery(trpc.agents.list.queryOptions(AGENT_CHOICES));
  const found = useQuery(
    trpc.agents.list.queryOptions(
      { ...AGENT_CHOICES, query },
      { enabled: query !== "", placeholderData: (old) => old },
    ),
  );
  const agents = (query === "" ? all.data?.items : found.data?.items) ?? [];
  const isListed = agents.some((agent) => agent.id === value);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
      {all.data?.pagination.hasMore ? (
        <Field label="Find an agent" type="search" value={query} onChange={(event) => setQuery(event.target.value)} />
      ) : null}
      <label htmlFor={id} className="font-medium">
        From
      </label>
      <select
        id={id}
        required
        aria-invalid={error ? true : undefined}
        className="h-9 rounded-md border border-line-strong bg-surface px-2"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">Choose an agent</option>
        {value !== "" && !isListed ? <option value={value}>{nameOf(value)}</option> : null}
        {agents.map((agent) => (
          <option key={agent.id} value={agent.id}>
            {agent.name}
            {agent.emailIdentities[0] ? ` <${agent.emailIdentities[0].email}>` : " (no address)"}
          </option>
        ))}
      </select>
      {error ? <p className="text-[0.8125rem] text-danger">{error}</p> : null}
    </div>
  );
}
