import type { InfiniteData } from "@tanstack/react-query";
import type { Agent } from "#server/domain/agents/schemas.ts";
import type { agentsInput } from "./agents-view.ts";

export type AgentsInput = ReturnType<typeof agentsInput>;
export type AgentPages = InfiniteData<{
  items: Agent[];
  pagination: { nextCursor: string | null; hasMore: boolean };
}>;

/**
 * The loaded part of a list as it is once an agent has become what it now is: where it belongs in the order, or not in
 * it at all. One that belongs behind what is loaded comes with its page.
 */
export function placeAgent(data: AgentPages, input: AgentsInput, agent: Agent): AgentPages {
  const pages = data.pages.map((page) => {
    const items = page.items.filter(({ id }) => id !== agent.id);
    return items.length === page.items.length ? page : { ...page, items };
  });
  if (!belongs(agent, input)) return { ...data, pages };
  const sign = input.order === "asc" ? 1 : -1;
  const isAfter = (other: Agent) => compare(other, agent, input.sort) * sign > 0;
  const target = pages.findIndex((page) => page.items.some(isAfter));
  const last = pages.length - 1;
  if (target === -1 && pages[last]?.pagination.hasMore) return { ...data, pages };
  const pageIndex = target === -1 ? last : target;
  const page = pages[pageIndex];
  if (!page) return data;
  const index = target === -1 ? page.items.length : page.items.findIndex(isAfter);
  return { ...data, pages: pages.with(pageIndex, { ...page, items: page.items.toSpliced(index, 0, agent) }) };
}

/** The same with some of the agents changed, each where it stands; null takes one away. */
export function changeAgents(data: AgentPages, change: (agent: Agent) => Agent | null): AgentPages {
  const pages = data.pages.map((page) => {
    const items = page.items.flatMap((agent) => change(agent) ?? []);
    const isSame = items.length === page.items.length && items.every((agent, index) => agent === page.items[index]);
    return isSame ? page : { ...page, items };
  });
  return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
}

function belongs(agent: Agent, { status, search = "" }: AgentsInput): boolean {
  if (status ? agent.status !== status : agent.status === "DELETED") return false;
  const texts = [agent.name, agent.slug, ...agent.emailIdentities.map(({ email }) => email)];
  return texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));
}

/** As the server sorts: see SORTS of the list's verb. */
function compare(a: Agent, b: Agent, sort: AgentsInput["sort"]): number {
  const key = (agent: Agent) => (sort === "name" ? agent.name.toLowerCase() : sort === "status" ? agent.status : "");
  return compareText(key(a), key(b)) || compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
