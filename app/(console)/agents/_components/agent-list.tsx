"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { AgentStatus } from "../../_components/agent-status.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { agentsInput } from "./agents-input.ts";
import { CreateAgentSheet } from "./create-agent-sheet.tsx";

export function AgentList() {
  const trpc = useTRPC();
  const [creating, setCreating] = useState(false);
  const agents = useInfiniteQuery(trpc.agents.list.infiniteQueryOptions(agentsInput, nextPage));
  const items = agents.data?.pages.flatMap((page) => page.items) ?? [];
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> Create agent
    </Button>
  );
  return (
    <>
      <PageHead title="Agents" action={create}>
        Each has an address, a key of its own, and a switch to stop it.
      </PageHead>
      {agents.isError ? <ErrorNote error={errorOf(agents.error)} onRetry={() => agents.refetch()} /> : null}
      {agents.isPending ? <SkeletonRows rows={5} what="agents" /> : null}
      {agents.isSuccess && items.length === 0 ? (
        <EmptyState title="No agents yet" action={create}>
          An agent gets a mail address and a key in one step. With the key its code sends and reads mail over the API.
        </EmptyState>
      ) : null}
      {items.length > 0 ? <AgentTable agents={items} /> : null}
      <ShowMore pages={agents} />
      <CreateAgentSheet open={creating} onOpenChange={setCreating} />
    </>
  );
}

function AgentTable({ agents }: { agents: Agent[] }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed text-left">
        <thead className="border-line border-b text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="px-4 py-2 font-medium">
              Name
            </th>
            <th scope="col" className="hidden px-4 py-2 font-medium md:table-cell">
              Address
            </th>
            <th scope="col" className="w-24 px-4 py-2 font-medium">
              Status
            </th>
            <th scope="col" className="hidden w-32 px-4 py-2 text-right font-medium lg:table-cell">
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.id} className="relative border-line border-b last:border-b-0 hover:bg-raised/60">
              <td className="truncate px-4 py-2.5">
                <Link href={`/agents/${agent.id}`} className="font-medium after:absolute after:inset-0">
                  {agent.name}
                </Link>
                <span className="block truncate font-mono text-[0.75rem] text-muted md:hidden">
                  {agent.emailIdentities[0]?.email}
                </span>
              </td>
              <td className="hidden truncate px-4 py-2.5 font-mono text-[0.8125rem] text-muted md:table-cell">
                {agent.emailIdentities[0]?.email ?? "no address"}
              </td>
              <td className="px-4 py-2.5">
                <AgentStatus status={agent.status} />
              </td>
              <td className="hidden px-4 py-2.5 text-right text-[0.8125rem] text-muted lg:table-cell">
                <Time at={agent.createdAt} format="day" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
