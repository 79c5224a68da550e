import type { AuditEvent } from "#server/domain/events/schemas.ts";

type Channel = AuditEvent["channel"];

/** The order of the lanes, from the outside world inwards. */
export const LANES: readonly Channel[] = [
  "email",
  "sms",
  "voice",
  "vault",
  "billing",
  "agent",
  "key",
  "org",
  "console",
];

/** An event of a chain and how it stands to the others. */
export type ChainNode = {
  event: AuditEvent;
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Its place in the chain, from 0. */
  index: number;
  /** Milliseconds since the event before it; null for the first. */
  sincePrevious: number | null;
  /** The event that caused it, where that is in the chain. */
  cause: ChainNode | null;
  /** Milliseconds since its cause; never negative, also where two clocks disagree. */
  sinceCause: number | null;
  /** What it caused, in order. */
  effects: ChainNode[];
  /** Whether it answers its cause: something came in for the agent that had sent something out. */
  isReply: boolean;
  /** What refused or failed it, in a word or two; null for a success. */
  reason: string | null;
};

export type ChainModel = {
  /** By time, and by number within a millisecond. */
  nodes: ChainNode[];
  byId: ReadonlyMap<string, ChainNode>;
  /** The channels that have events, in the order of LANES. */
  lanes: Channel[];
  refused: number;
  failed: number;
};

/** Both forms of a chain, graph and list, are drawn from this. Takes events in any order; one that comes twice counts once. */
export function chainModel(events: readonly AuditEvent[]): ChainModel {
  const unique = [...new Map(events.map((event) => [event.id, event])).values()];
  const nodes = unique
    .map((event) => ({ event, at: Date.parse(event.ts) }))
    .sort((a, b) => a.at - b.at || a.event.seq - b.event.seq)
    .map(({ event, at }, index, all): ChainNode => {
      const previous = all[index - 1];
      return {
        event,
        id: event.id,
        at,
        index,
        sincePrevious: previous ? at - previous.at : null,
        cause: null,
        sinceCause: null,
        effects: [],
        isReply: false,
        reason: reasonOf(event),
      };
    });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) link(node, byId);
  const present = new Set(nodes.map((node) => node.event.channel));
  return {
    nodes,
    byId,
    lanes: LANES.filter((channel) => present.has(channel)),
    refused: count(nodes, "DENIED"),
    failed: count(nodes, "FAILURE"),
  };
}

function link(node: ChainNode, byId: ReadonlyMap<string, ChainNode>): void {
  const { parentId } = node.event;
  const cause = parentId === null ? undefined : byId.get(parentId);
  if (!cause || cause === node) return;
  node.cause = cause;
  node.sinceCause = Math.max(0, node.at - cause.at);
  node.isReply = isReply(node.event, cause.event);
  cause.effects.push(node);
}

/** A mail between two agents comes in because of the same event that sent it, but for the other agent: no answer. */
function isReply(event: AuditEvent, cause: AuditEvent): boolean {
  return event.direction === "INBOUND" && cause.direction === "OUTBOUND" && event.agentId === cause.agentId;
}

function count(nodes: readonly ChainNode[], result: AuditEvent["result"]): number {
  return nodes.filter((node) => node.event.result === result).length;
}

/** What refused an event, as its data says it: a gate, a cap, an error code, a missing scope; or why it failed. */
export function reasonOf({ result, data }: Pick<AuditEvent, "result" | "data">): string | null {
  if (result === "SUCCESS") return null;
  for (const member of ["gate", "cap", "code", "reason"]) {
    const value = data[member];
    if (typeof value === "string" && value !== "") return value;
  }
  if (typeof data.requiredScope === "string") return `scope ${data.requiredScope}`;
  if (typeof data.required === "string")
    return `needs ${data.required === "key" ? "another kind of" : data.required} key`;
  const codes = Array.isArray(data.codes) ? [...new Set(data.codes.filter((code) => typeof code === "number"))] : [];
  if (codes.length > 0) return `answer ${codes.join(", ")}`;
  return result === "DENIED" ? "refused" : "failed";
}

export const RESULT_WORDS = { SUCCESS: "done", FAILURE: "failed", DENIED: "refused" } as const;
export const DIRECTION_WORDS = { INBOUND: "in", OUTBOUND: "out" } as const;
