import type { ChainModel, ChainNode } from "./chain-model.ts";

/**
 * Where everything of a chain is drawn, in pixels at zoom 1; zoom multiplies what is horizontal only.
 *
 * The rule of the time axis. A chain may hold two events 5 ms apart and one three days later, so no true scale shows
 * both. Events stand in order, each further right than the one before; a pause of less than BREAK_AFTER_MS takes room
 * by its order of magnitude (MIN_STEP and DECADE for every power of ten of milliseconds), a longer one is a break: an
 * empty band of fixed width through all lanes, beginning right of everything that is drawn before it. Where a lane
 * has no room yet, the event moves right until it has, and all later ones with it. So distances show order and
 * magnitude; how long exactly is written.
 */
export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 44;
export const NODE_GAP = 24;
export const BREAK_AFTER_MS = 60_000;
export const BREAK_WIDTH = 112;
const MIN_STEP = 26;
const DECADE = 14;

// A lane is its nodes, and above and below them a gutter in which lines run beside each other, each on its track.
const LANE_PADDING = 16;
const TRACK_HEIGHT = 9;
/** More lines than that beside each other share the outermost track: a lane must not grow without end. */
const MAX_TRACKS = 5;

export type PlacedNode = { node: ChainNode; lane: number; x: number; y: number };

export type Edge = {
  from: PlacedNode;
  to: PlacedNode;
  kind: "effect" | "refusal" | "reply";
  /** The height at which the line runs from one to the other; null: straight, to the next node of the lane. */
  y: number | null;
};

export type Lane = { channel: ChainModel["lanes"][number]; top: number; height: number };

export type ChainLayout = {
  placed: PlacedNode[];
  byId: ReadonlyMap<string, PlacedNode>;
  lanes: Lane[];
  edges: Edge[];
  /** Pauses that are cut short, each a band from x over width. */
  breaks: { x: number; width: number; ms: number }[];
  width: number;
  height: number;
};

export function layoutChain(model: ChainModel): ChainLayout {
  const { placed, breaks, width } = placeInTime(model);
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const wires = wiresOf(placed, byId, model.lanes.length);
  const lanes = stackLanes(model, wires);
  for (const each of placed) each.y = nodeTop(lanes[each.lane], wires[each.lane]);
  return {
    placed,
    byId,
    lanes,
    edges: edgesOf(placed, byId, wires, lanes),
    breaks,
    width,
    height: lanes.reduce((sum, lane) => sum + lane.height, 0),
  };
}

function placeInTime(model: ChainModel): Pick<ChainLayout, "placed" | "breaks" | "width"> {
  const laneOf = new Map(model.lanes.map((channel, lane) => [channel, lane]));
  const laneEnds = model.lanes.map(() => Number.NEGATIVE_INFINITY);
  const placed: PlacedNode[] = [];
  const breaks: ChainLayout["breaks"] = [];
  let x = 0;
  let end = 0;
  for (const node of model.nodes) {
    const lane = laneOf.get(node.event.channel) ?? 0;
    const pause = node.sincePrevious;
    if (pause !== null && pause >= BREAK_AFTER_MS) {
      breaks.push({ x: end, width: BREAK_WIDTH, ms: pause });
      x = end + BREAK_WIDTH;
    } else if (pause !== null) {
      x = Math.max(x + MIN_STEP + DECADE * Math.log10(1 + pause), (laneEnds[lane] ?? 0) + NODE_GAP);
    }
    laneEnds[lane] = x + NODE_WIDTH;
    end = Math.max(end, x + NODE_WIDTH);
    placed.push({ node, lane, x, y: 0 });
  }
  return { placed, breaks, width: end };
}

/** A line that runs along a lane's gutter: from a cause to all its effects on that side, or to it from its replies. */
type Wire = { key: string; side: "above" | "below"; from: number; to: number; track: number };
type LaneWires = { above: number; below: number; wires: Map<string, Wire> };

type Route = { key: string; lane: number; side: Wire["side"] };

/** Which gutter a line takes: that of the cause's lane, on the side where the effect is. Null: straight. */
function routeOf(from: PlacedNode, to: PlacedNode, isNextInLane: boolean): Route | null {
  const { lane } = from;
  if (to.node.isReply) {
    const side = to.lane > lane ? "below" : "above";
    return { key: `replies ${side} ${from.node.id}`, lane, side };
  }
  if (lane === to.lane && isNextInLane) return null;
  const side = to.lane < lane ? "above" : "below";
  return { key: `effects ${side} ${from.node.id}`, lane, side };
}

function wiresOf(placed: PlacedNode[], byId: ChainLayout["byId"], laneCount: number): LaneWires[] {
  const lanes = Array.from({ length: laneCount }, () => new Map<string, Wire>());
  for (const { from, to, route } of routes(placed, byId)) {
    if (!route) continue;
    const wires = lanes[route.lane];
    const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
    const wire = wires?.get(route.key);
    if (wire) [wire.from, wire.to] = [Math.min(wire.from, left), Math.max(wire.to, right)];
    else wires?.set(route.key, { key: route.key, side: route.side, from: left, to: right, track: 0 });
  }
  return lanes.map((wires) => ({
    above: assignTracks([...wires.values()].filter(({ side }) => side === "above")),
    below: assignTracks([...wires.values()].filter(({ side }) => side === "below")),
    wires,
  }));
}

function* routes(placed: PlacedNode[], byId: ChainLayout["byId"]) {
  const lastInLane: PlacedNode[] = [];
  for (const to of placed) {
    const before = lastInLane[to.lane];
    lastInLane[to.lane] = to;
    const from = to.node.cause && byId.get(to.node.cause.id);
    if (from) yield { from, to, route: routeOf(from, to, before === from) };
  }
}

/** Short lines run inside, long ones around them, none over another while there are tracks. @returns how many are used */
function assignTracks(wires: Wire[]): number {
  const byLength = wires.toSorted((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const tracks: Wire[][] = [];
  for (const wire of byLength) {
    const free = tracks.findIndex((track) => track.every((other) => other.to < wire.from || wire.to < other.from));
    wire.track = Math.min(free === -1 ? tracks.length : free, MAX_TRACKS - 1);
    const track = tracks[wire.track];
    if (track) track.push(wire);
    else tracks.push([wire]);
  }
  return tracks.length;
}

function stackLanes(model: ChainModel, wires: LaneWires[]): Lane[] {
  let top = 0;
  return model.lanes.map((channel, index) => {
    const { above = 0, below = 0 } = wires[index] ?? {};
    const height = 2 * LANE_PADDING + NODE_HEIGHT + (above + below) * TRACK_HEIGHT;
    const lane = { channel, top, height };
    top += height;
    return lane;
  });
}

function nodeTop(lane: Lane | undefined, wires: LaneWires | undefined): number {
  return (lane?.top ?? 0) + LANE_PADDING + (wires?.above ?? 0) * TRACK_HEIGHT;
}

function edgesOf(placed: PlacedNode[], byId: ChainLayout["byId"], wires: LaneWires[], lanes: Lane[]): Edge[] {
  return [...routes(placed, byId)].map(({ from, to, route }): Edge => {
    const kind = to.node.isReply ? "reply" : to.node.event.result === "DENIED" ? "refusal" : "effect";
    if (!route) return { from, to, kind, y: null };
    const top = nodeTop(lanes[route.lane], wires[route.lane]);
    const distance = (1 + (wires[route.lane]?.wires.get(route.key)?.track ?? 0)) * TRACK_HEIGHT;
    return { from, to, kind, y: route.side === "above" ? top - distance : top + NODE_HEIGHT + distance };
  });
}
