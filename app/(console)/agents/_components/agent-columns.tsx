import type { Agent } from "#server/domain/agents/schemas.ts";
import { Time } from "../../../_lib/time.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { Link } from "../../../_ui/link.tsx";
import { AgentStatus } from "../../_components/agent-status.tsx";
import { AgentMenu } from "./agent-menu.tsx";
import { Capabilities } from "./capabilities.tsx";

/** The columns of the list of agents. @param onSwitch pauses or resumes the agent of a row */
export function agentColumns(onSwitch: (agent: Agent) => void): DataColumn<Agent>[] {
  return [
    {
      id: "name",
      name: "Name",
      sort: "name",
      fixed: true,
      narrow: true,
      cell: (agent) => (
        <>
          <Link
            href={`/agents/${agent.id}`}
            // A scroll through thousands of rows would else ask for thousands of pages.
            title={agent.name}
            className="font-medium after:absolute after:inset-0"
          >
            {agent.name}
          </Link>
          <span className="block truncate font-mono text-[0.75rem] text-muted md:hidden">{addressOf(agent)}</span>
        </>
      ),
    },
    {
      id: "address",
      name: "Address",
      cell: (agent) => (
        <span className="font-mono text-muted" title={addressOf(agent)}>
          {addressOf(agent)}
        </span>
      ),
    },
    {
      id: "status",
      name: "Status",
      sort: "status",
      width: "w-24",
      narrow: true,
      cell: (agent) => <AgentStatus status={agent.status} />,
    },
    {
      id: "capabilities",
      name: "Can",
      width: "w-24",
      cell: (agent) => <Capabilities readiness={agent.readiness} />,
    },
    {
      id: "activity",
      name: "Last activity",
      width: "w-32",
      align: "right",
      cell: (agent) =>
        agent.lastActivityAt ? (
          <Time at={agent.lastActivityAt} format="relative" />
        ) : (
          <span className="text-muted">none yet</span>
        ),
    },
    {
      id: "created",
      name: "Created",
      sort: "created",
      width: "w-32",
      align: "right",
      cell: (agent) => <Time at={agent.createdAt} format="day" />,
    },
    {
      id: "id",
      name: "Agent id",
      width: "w-72",
      extra: true,
      cell: (agent) => <Copyable text={agent.id} what="agent id" className="relative z-10" />,
    },
    {
      id: "menu",
      name: "Actions",
      width: "w-14",
      fixed: true,
      narrow: true,
      silent: true,
      align: "right",
      cell: (agent) => <AgentMenu agent={agent} onSwitch={onSwitch} />,
    },
  ];
}

function addressOf(agent: Agent): string {
  return agent.emailIdentities[0]?.email ?? "no address";
}
