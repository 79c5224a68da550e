import { CornerUpLeft } from "lucide-react";
import { memo } from "react";
import { duration } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { eventDetail } from "../../_components/event-detail.ts";
import { NODE_HEIGHT, type PlacedNode } from "./chain-layout.ts";
import { ResultMark } from "./chain-marks.tsx";
import { type ChainNode, DIRECTION_WORDS, RESULT_WORDS } from "./chain-model.ts";
import { nodeWidth, screenX, WITH_MARK } from "./chain-paths.ts";

/** Below this width a node shows its mark alone. */
const WITH_TEXT = 84;

const FRAMES = {
  SUCCESS: "border-line-strong/60 bg-surface hover:border-line-strong",
  FAILURE: "border-warn bg-warn-soft",
  DENIED: "border-danger bg-danger-soft",
};

// Without room for a mark the result shows in height and fill: a short bar, a hollow one, a tall one.
const BARS = {
  SUCCESS: "h-3.5 bg-accent/70",
  FAILURE: "h-8 border border-warn bg-warn-soft",
  DENIED: "h-11 bg-danger",
};

type NodeProps = {
  placed: PlacedNode;
  zoom: number;
  who: string | null;
  total: number;
  isCurrent: boolean;
  isSelected: boolean;
  isNew: boolean;
  panelId: string;
};

/** One event in the graph. What is done with it is handled by the graph. */
export const GraphNode = memo(function GraphNode(props: NodeProps) {
  const { placed, zoom, who, total, isCurrent, isSelected, isNew, panelId } = props;
  const { node } = placed;
  const { event } = node;
  const width = nodeWidth(zoom);
  const isBar = width < WITH_MARK;
  return (
    <button
      type="button"
      data-event={node.id}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={describeNode(node, who, total)}
      aria-expanded={isSelected}
      aria-controls={isSelected ? panelId : undefined}
      title={[event.event, node.reason, eventDetail(event)].filter(Boolean).join("\n")}
      style={{ left: screenX(placed.x, zoom), top: placed.y, width, height: NODE_HEIGHT }}
      className={cn(
        "absolute flex items-center text-left focus-visible:z-10",
        isNew && "animate-fade",
        isBar
          ? "justify-center rounded-[1px] outline-offset-1"
          : cn("gap-2 rounded-md border px-2 transition-colors", FRAMES[event.result]),
        !isBar && width < WITH_TEXT && "justify-center px-0",
        isSelected && (isBar ? "outline-2 outline-ink" : "border-ink ring-1 ring-ink"),
      )}
    >
      {isBar ? (
        <span className={cn("block w-full rounded-[1px]", BARS[event.result])} />
      ) : (
        <ResultMark result={event.result} />
      )}
      {width < WITH_TEXT ? null : <NodeText node={node} who={who} />}
    </button>
  );
});

function NodeText({ node, who }: { node: ChainNode; who: string | null }) {
  const { event, reason, sinceCause, isReply } = node;
  return (
    <span className="grid min-w-0 flex-1 leading-tight">
      <span className="truncate font-mono text-[0.75rem]">{shortName(node)}</span>
      <span className="flex min-w-0 items-center gap-1.5 text-[0.6875rem] text-muted">
        {reason ? (
          <span className={cn("truncate font-mono", event.result === "DENIED" ? "text-danger" : "text-warn")}>
            {reason}
          </span>
        ) : (
          <>
            <span className="truncate">{who ?? event.actorId}</span>
            {sinceCause === null ? null : (
              <span className="ml-auto inline-flex shrink-0 items-center gap-0.5 tabular-nums">
                {isReply ? <CornerUpLeft className="size-3 text-accent" aria-hidden /> : "+"}
                {duration(sinceCause)}
              </span>
            )}
          </>
        )}
      </span>
    </span>
  );
}

/** The lane says the channel, so the name does not repeat it. */
function shortName({ event }: ChainNode): string {
  const prefix = `${event.channel}.`;
  return event.event.startsWith(prefix) ? event.event.slice(prefix.length) : event.event;
}

/** All that the drawing shows of an event, in a sentence for those who do not see it. */
export function describeNode(
  { event, index, reason, cause, sinceCause, isReply, effects }: ChainNode,
  who: string | null,
  total: number,
): string {
  const parts = [
    `${index + 1} of ${total}: ${event.event}`,
    event.result === "SUCCESS"
      ? ""
      : `${RESULT_WORDS[event.result]}${reason && reason !== RESULT_WORDS[event.result] ? `: ${reason}` : ""}`,
    event.direction ? `${event.channel} ${DIRECTION_WORDS[event.direction]}` : event.channel,
    who ?? "",
    cause && sinceCause !== null
      ? `${isReply ? "answers" : "caused by"} ${cause.event.event}, ${duration(sinceCause)} later`
      : "",
    effects.length > 0 ? `${effects.length} ${effects.length === 1 ? "effect" : "effects"}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}
