import { type Edge, NODE_HEIGHT, NODE_WIDTH } from "./chain-layout.ts";

/** Room left of the first event and right of the last, in pixels. */
export const MARGIN = 16;

/** Where a place of the layout is on the screen. */
export function screenX(x: number, zoom: number): number {
  return MARGIN + x * zoom;
}

/** Below this width a node is a bar. */
export const WITH_MARK = 16;

/** A node never gets so thin that it cannot be seen. */
export function nodeWidth(zoom: number): number {
  return Math.max(2, NODE_WIDTH * zoom);
}

const HEAD = 4.5;
const BEND = 7;
const REPLY_BEND = 28;

/** An edge as SVG path data: its line, and the head of its arrow. A reply's points back to what it answers. */
export function edgePath(edge: Edge, zoom: number): { line: string; head: string } {
  const width = nodeWidth(zoom);
  const from = screenX(edge.from.x, zoom);
  const to = screenX(edge.to.x, zoom);
  if (edge.y === null) {
    const y = edge.from.y + NODE_HEIGHT / 2;
    const head = Math.min(HEAD, (to - from - width) / 2);
    return { line: `M${n(from + width)} ${n(y)}H${n(to - head)}`, head: arrow(to, y, head, 0) };
  }
  // What leaves a node and what enters it stand apart, so that neither looks like the other.
  const cause = { x: from + Math.min(26, width / 2), y: sideOf(edge.from.y, edge.y) };
  const effect = { x: to + Math.min(11, width / 4), y: sideOf(edge.to.y, edge.y) };
  const isReply = edge.kind === "reply";
  const [start, end] = isReply ? [effect, cause] : [cause, effect];
  const down = end.y > edge.y ? 1 : -1;
  const bend = isReply ? REPLY_BEND : BEND;
  return {
    line: bent(start, edge.y, { x: end.x, y: end.y - down * HEAD }, bend),
    head: arrow(end.x, end.y, Math.min(HEAD, Math.max(1, width / 3)), down),
  };
}

type Point = { x: number; y: number };

/** From a node straight to the track, along it, and straight to the other node, with round corners. */
function bent(start: Point, y: number, end: Point, bend: number): string {
  const run = end.x - start.x;
  const rx = Math.sign(run) * Math.min(bend, Math.abs(run) / 2);
  const first = Math.sign(y - start.y) * Math.min(BEND, Math.abs(y - start.y));
  const last = Math.sign(end.y - y) * Math.min(BEND, Math.abs(end.y - y));
  return (
    `M${n(start.x)} ${n(start.y)}V${n(y - first)}Q${n(start.x)} ${n(y)} ${n(start.x + rx)} ${n(y)}` +
    `H${n(end.x - rx)}Q${n(end.x)} ${n(y)} ${n(end.x)} ${n(y + last)}V${n(end.y)}`
  );
}

/** The side of a node that faces a height. */
function sideOf(top: number, y: number): number {
  return y < top ? top : top + NODE_HEIGHT;
}

/** A triangle with its point at x, y. @param down 1 points down, -1 up, 0 to the right */
function arrow(x: number, y: number, size: number, down: number): string {
  if (size < 1) return "";
  if (down === 0) return `M${n(x)} ${n(y)}l${n(-size)} ${n(-size * 0.8)}v${n(size * 1.6)}z`;
  return `M${n(x)} ${n(y)}l${n(-size * 0.8)} ${n(-down * size)}h${n(size * 1.6)}z`;
}

/** A tenth of a pixel is enough. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
