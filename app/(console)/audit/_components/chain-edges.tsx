import { memo } from "react";
import { cn } from "../../../_ui/cn.ts";
import type { ChainLayout, Edge } from "./chain-layout.ts";
import { edgePath, nodeWidth, WITH_MARK } from "./chain-paths.ts";

const STYLES = {
  effect: { line: "stroke-line-strong", head: "fill-line-strong", dash: undefined },
  refusal: { line: "stroke-danger", head: "fill-danger", dash: undefined },
  reply: { line: "stroke-accent", head: "fill-accent", dash: "5 3" },
} as const;
const KINDS = ["effect", "refusal", "reply"] as const;

type EdgesProps = { layout: ChainLayout; zoom: number; width: number; currentId: string | null };

/** The lines from causes to effects. All of a kind are one path: hundreds cost as much as one. */
export const Edges = memo(function Edges({ layout, zoom, width, currentId }: EdgesProps) {
  const current = layout.edges.filter(({ from, to }) => from.node.id === currentId || to.node.id === currentId);
  return (
    <svg aria-hidden="true" width={width} height={layout.height} className="pointer-events-none absolute left-0">
      <Lines
        edges={layout.edges}
        zoom={zoom}
        className={nodeWidth(zoom) < WITH_MARK ? "opacity-30" : cn(current.length > 0 && "opacity-45")}
      />
      <Lines edges={current} zoom={zoom} strokeWidth={2} />
    </svg>
  );
});

type LinesProps = { edges: Edge[]; zoom: number; className?: string; strokeWidth?: number };

function Lines({ edges, zoom, className, strokeWidth = 1.25 }: LinesProps) {
  return KINDS.map((kind) => {
    const paths = edges.filter((edge) => edge.kind === kind).map((edge) => edgePath(edge, zoom));
    if (paths.length === 0) return null;
    const { line, head, dash } = STYLES[kind];
    return (
      <g key={kind} className={className}>
        <path
          d={paths.map((path) => path.line).join("")}
          fill="none"
          strokeWidth={strokeWidth}
          strokeDasharray={dash}
          className={line}
        />
        <path d={paths.map((path) => path.head).join("")} className={head} />
      </g>
    );
  });
}
