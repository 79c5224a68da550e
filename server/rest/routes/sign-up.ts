import { AgentStatus, SignedUp, Verification } from "#server/domain/agents/schemas.ts";
import { signUp } from "#server/domain/agents/sign-up.ts";
import { getAgentStatus } from "#server/domain/agents/status.ts";
import { verifyAgent } from "#server/domain/agents/verify.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Sign-up";

export const signUpRoutes: RouteDefinition[] = [
  route("post", "/agent/sign-up", signUp, {
    tag,
    summary: "An agent signs itself up: organisation, agent, inbox and key in one call",
    response: SignedUp,
    status: 201,
  }),
  route("post", "/agent/verify", verifyAgent, {
    tag,
    summary: "Confirm the code that was mailed to the human",
    response: Verification,
  }),
  route("get", "/agent/status", getAgentStatus, {
    tag,
    summary: "How the agent's organisation is owned, its plan and what is used of it",
    response: AgentStatus,
  }),
];
