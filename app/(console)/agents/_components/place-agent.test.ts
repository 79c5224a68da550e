import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { type AgentPages, type AgentsInput, changeAgents, placeAgent } from "./place-agent.ts";

function agentOf(id: string, name: string, status: Agent["status"] = "ACTIVE"): Agent {
  const readiness = {
    canSendEmail: true,
    canReceiveEmail: true,
    canSendSms: false,
    canPlaceVoiceCall: false,
    blockers: [],
  };
  return {
    id,
    orgId: "org",
    name,
    slug: name.toLowerCase(),
    status,
    apiKeyPrefix: null,
    metadata: {},
    emailIdentities: [],
    phoneIdentities: [],
    readiness,
    lastActivityAt: null,
    createdAt: "",
    updatedAt: "",
  };
}

const byName: AgentsInput = { limit: 2, sort: "name", order: "asc" };

/** A list as it is loaded: pages of two, and whether the server has more. */
function loaded(agents: Agent[], hasMore: boolean): AgentPages {
  const pages = [];
  for (let start = 0; start === 0 || start < agents.length; start += 2) {
    const isLast = start + 2 >= agents.length;
    const more = !isLast || hasMore;
    pages.push({
      items: agents.slice(start, start + 2),
      pagination: { nextCursor: more ? `after ${start + 2}` : null, hasMore: more },
    });
  }
  return { pages, pageParams: pages.map((_, index) => (index === 0 ? null : `after ${index * 2}`)) };
}

const namesOf = ({ pages }: AgentPages) => pages.flatMap((page) => page.items.map(({ name }) => name));

describe("an agent that is made or changed while its list is shown", () => {
  it("stands where the server would put it, whatever the order and the change", () => {
    const status = fc.constantFrom("ACTIVE" as const, "PAUSED" as const);
    const made = fc.record({ name: fc.constantFrom("a", "B", "c", "D"), status });
    fc.assert(
      fc.property(
        fc.array(made, { maxLength: 8 }),
        made,
        fc.nat(9),
        fc.constantFrom("created" as const, "name" as const, "status" as const),
        fc.constantFrom("asc" as const, "desc" as const),
        (others, changed, position, sort, order) => {
          const input: AgentsInput = { limit: 2, sort, order };
          const key = (agent: Agent) =>
            ({ created: "", name: agent.name.toLowerCase(), status: agent.status })[sort] + agent.id;
          const sorted = (agents: Agent[]) =>
            agents.toSorted((a, b) => (key(a) < key(b) ? -1 : 1) * (order === "asc" ? 1 : -1));
          const before = others.map(({ name, status }, index) => agentOf(String(index), name, status));
          const agent = agentOf(String(position), changed.name, changed.status);
          const after = sorted([...before.filter(({ id }) => id !== agent.id), agent]);
          const placed = placeAgent(loaded(sorted(before), false), input, agent);
          expect(placed.pages.flatMap((page) => page.items)).toEqual(after);
        },
      ),
    );
  });

  it("leaves a list that it no longer fits, and does not enter one that it does not fit", () => {
    const list = loaded([agentOf("1", "ant"), agentOf("2", "bee")], false);
    expect(namesOf(placeAgent(list, { ...byName, status: "ACTIVE" }, agentOf("1", "ant", "PAUSED")))).toEqual(["bee"]);
    expect(namesOf(placeAgent(list, { ...byName, search: "e" }, agentOf("3", "fly")))).toEqual(["ant", "bee"]);
    expect(namesOf(placeAgent(list, byName, agentOf("2", "bee", "DELETED")))).toEqual(["ant"]);
  });

  it("waits for its page where that is not loaded yet", () => {
    const list = loaded([agentOf("1", "ant"), agentOf("2", "bee")], true);
    expect(namesOf(placeAgent(list, byName, agentOf("3", "zebra")))).toEqual(["ant", "bee"]);
    expect(namesOf(placeAgent(list, byName, agentOf("3", "ape")))).toEqual(["ant", "ape", "bee"]);
  });

  it("leaves everything else as it was, so that nothing else is drawn again", () => {
    const list = loaded(
      ["ant", "bee", "cat"].map((name, index) => agentOf(String(index), name)),
      false,
    );
    const changed = changeAgents(list, (agent) => (agent.id === "2" ? { ...agent, status: "PAUSED" } : agent));
    expect(changed.pages[0]).toBe(list.pages[0]);
    expect(changed.pages[1]?.items[0]?.status).toBe("PAUSED");
    expect(changeAgents(list, (agent) => agent)).toBe(list);
  });
});
