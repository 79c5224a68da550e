import { createAgent } from "#server/domain/agents/create.ts";
import { deleteAgent } from "#server/domain/agents/delete.ts";
import { getAgent } from "#server/domain/agents/get.ts";
import { listAgents } from "#server/domain/agents/list.ts";
import { rotateAgentKey } from "#server/domain/agents/rotate-key.ts";
import { Agent, CreatedAgent, RotatedAgentKey } from "#server/domain/agents/schemas.ts";
import { updateAgent } from "#server/domain/agents/update.ts";
import { type RouteDefinition, route } from "../route.ts";
import { pageOf, Success } from "./common.ts";

const tag = "Agents";
const AgentPage = pageOf(Agent, "AgentPage");

export const agentRoutes: RouteDefinition[] = [
  route("get", "/agents", listAgents, { tag, summary: "List agents", response: AgentPage }),
  route("post", "/agents", createAgent, {
    tag,
    summary: "Create an agent with its inbox and key",
    response: CreatedAgent,
    status: 201,
  }),
  route("get", "/agents/{id}", getAgent, { tag, summary: "Get an agent", response: Agent }),
  route("patch", "/agents/{id}", updateAgent, { tag, summary: "Change, pause or resume an agent", response: Agent }),
  route("delete", "/agents/{id}", deleteAgent, { tag, summary: "Delete an agent", response: Success }),
  route("post", "/agents/{id}/rotate-key", rotateAgentKey, {
    tag,
    summary: "Replace an agent's primary key",
    response: RotatedAgentKey,
  }),
  route("get", "/me/agents", listAgents, { tag, summary: "List agents", response: AgentPage }),
];
