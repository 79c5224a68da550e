import type { ChainLayout, PlacedNode } from "./chain-layout.ts";

/**
 * Where a key leads from an event: left and right by time, up and down to the nearest event of the next lane, Home and
 * End to the first and last, `p` to the cause, `c` to the first effect. Null for a key that leads nowhere from here.
 */
export function walk(layout: ChainLayout, from: PlacedNode, key: string): PlacedNode | null {
  const { index, cause, effects } = from.node;
  switch (key) {
    case "ArrowRight":
      return layout.placed[index + 1] ?? null;
    case "ArrowLeft":
      return layout.placed[index - 1] ?? null;
    case "Home":
      return layout.placed[0] ?? null;
    case "End":
      return layout.placed.at(-1) ?? null;
    case "ArrowUp":
      return nearestInLane(layout, from, from.lane - 1);
    case "ArrowDown":
      return nearestInLane(layout, from, from.lane + 1);
    case "p":
      return (cause && layout.byId.get(cause.id)) ?? null;
    case "c":
      return (effects[0] && layout.byId.get(effects[0].id)) ?? null;
    default:
      return null;
  }
}

function nearestInLane(layout: ChainLayout, from: PlacedNode, lane: number): PlacedNode | null {
  let nearest: PlacedNode | null = null;
  for (const each of layout.placed) {
    if (each.lane !== lane) continue;
    if (!nearest || Math.abs(each.x - from.x) < Math.abs(nearest.x - from.x)) nearest = each;
  }
  return nearest;
}
