"use client";

import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Channel } from "../../_components/channel.tsx";
import { AXIS_HEIGHT, Axis, Breaks } from "./chain-axis.tsx";
import { Edges } from "./chain-edges.tsx";
import { type Lane, layoutChain } from "./chain-layout.ts";
import { ResultMark } from "./chain-marks.tsx";
import type { ChainModel } from "./chain-model.ts";
import { GraphNode } from "./chain-node.tsx";
import { MARGIN, nodeWidth, screenX } from "./chain-paths.ts";
import { walk } from "./chain-walk.ts";
import { usePanning, useViewport, useZoom } from "./use-scroller.ts";

/** How far from the edge an event is brought that is walked to. */
const SIGHT = 120;

type GraphProps = {
  model: ChainModel;
  nameOf: (agentId: string) => string;
  selectedId: string | null;
  select: (eventId: string | null, step?: "push" | "replace") => void;
  panelId: string;
  /** Ids of events that came while the page is open. */
  arrived: ReadonlySet<string>;
};

/** A chain as a picture: time to the right, a lane for each channel, lines from causes to effects. */
export function ChainGraph({ model, nameOf, selectedId, select, panelId, arrived }: GraphProps) {
  const layout = useMemo(() => layoutChain(model), [model]);
  const scroller = useRef<HTMLDivElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const { zoom, step, fitAll } = useZoom(scroller, labels, layout.width);
  const width = screenX(layout.width, zoom) + MARGIN;
  const view = useViewport(scroller, `${width} ${layout.height}`);
  usePanning(scroller);
  const hintId = useId();

  // The event that a Tab leads to: the one last chosen or walked to. Closing its panel does not move it.
  const [walkedTo, setWalkedTo] = useState(selectedId);
  const current = layout.byId.get(walkedTo ?? "") ?? layout.placed[0] ?? null;
  const takesFocus = useRef(false);

  const reveal = (id: string) => {
    const element = scroller.current;
    const placed = layout.byId.get(id);
    if (!element || !placed) return;
    const left = screenX(placed.x, zoom);
    const room = element.clientWidth - (labels.current?.offsetWidth ?? 0);
    if (left < element.scrollLeft + MARGIN) element.scrollLeft = left - SIGHT;
    else if (left + nodeWidth(zoom) > element.scrollLeft + room - MARGIN) {
      element.scrollLeft = left + nodeWidth(zoom) + SIGHT - room;
    }
  };

  useLayoutEffect(() => {
    if (selectedId) setWalkedTo(selectedId);
  }, [selectedId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: zooming or growing must not pull the reader back to it
  useLayoutEffect(() => {
    if (!walkedTo) return;
    reveal(walkedTo);
    if (!takesFocus.current) return;
    takesFocus.current = false;
    const node = scroller.current?.querySelector<HTMLElement>(`[data-event="${CSS.escape(walkedTo)}"]`);
    node?.focus({ preventScroll: true });
  }, [walkedTo]);

  // Whoever looks at the end of a chain stays there while it grows.
  const wasAtEnd = useRef(false);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && arrived.size > 0 && wasAtEnd.current) element.scrollLeft = element.scrollWidth;
  }, [arrived]);
  useLayoutEffect(() => {
    wasAtEnd.current = view.atEnd;
  });

  const go = (id: string) => {
    takesFocus.current = true;
    setWalkedTo(id);
    if (selectedId !== null) select(id, "replace");
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !current) return;
    const target = walk(layout, current, event.key);
    if (target) go(target.node.id);
    else if (event.key === "+" || event.key === "=") step(1);
    else if (event.key === "-") step(-1);
    else if (event.key === "0") fitAll();
    else if (event.key === "Escape" && selectedId !== null) select(null);
    else if (!WALKING_KEYS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = (event: MouseEvent) => {
    const id = (event.target as Element).closest<HTMLElement>("[data-event]")?.dataset.event;
    if (!id) return;
    setWalkedTo(id);
    select(id === selectedId ? null : id);
  };

  const isSeen = (x: number) => screenX(x, zoom) + nodeWidth(zoom) >= view.from && screenX(x, zoom) <= view.to;

  return (
    <div>
      <div className="relative overflow-hidden rounded-lg border border-line bg-surface">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, and neither scrolls nor flexes alike everywhere */}
        <div
          ref={scroller}
          role="group"
          aria-label="Chain as a graph"
          aria-describedby={hintId}
          onKeyDown={onKeyDown}
          onClick={onClick}
          className="chain-scroller flex overflow-x-auto overflow-y-hidden"
        >
          <Labels ref={labels} lanes={layout.lanes} />
          <div className="relative shrink-0" style={{ width, height: AXIS_HEIGHT + layout.height }}>
            <Breaks layout={layout} zoom={zoom} view={view} />
            <Axis layout={layout} zoom={zoom} view={view} />
            <div className="absolute inset-x-0" style={{ top: AXIS_HEIGHT, height: layout.height }}>
              {layout.lanes.slice(1).map(({ channel, top }) => (
                <div key={channel} className="absolute inset-x-0 border-line border-t" style={{ top }} />
              ))}
              <Edges layout={layout} zoom={zoom} width={width} currentId={walkedTo} />
              {layout.placed.map((placed) =>
                isSeen(placed.x) || placed === current ? (
                  <GraphNode
                    key={placed.node.id}
                    placed={placed}
                    zoom={zoom}
                    who={placed.node.event.agentId ? nameOf(placed.node.event.agentId) : null}
                    total={model.nodes.length}
                    isCurrent={placed === current}
                    isSelected={placed.node.id === selectedId}
                    isNew={arrived.has(placed.node.id)}
                    panelId={panelId}
                  />
                ) : null,
              )}
            </div>
          </div>
        </div>
        <Shade side="left" isShown={!view.atStart} />
        <Shade side="right" isShown={!view.atEnd} />
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-x-5 gap-y-2 text-[0.75rem] text-muted">
        <Legend />
        <p id={hintId} className="hidden md:block">
          <Key>←</Key> <Key>→</Key> by time, <Key>↑</Key> <Key>↓</Key> by lane, <Key>p</Key> to the cause, <Key>c</Key>{" "}
          to the first effect, <Key>Enter</Key> opens
        </p>
        <fieldset className="ml-auto flex items-center">
          <legend className="sr-only">Zoom</legend>
          <Button variant="ghost" size="icon" aria-label="Zoom out" aria-keyshortcuts="-" onClick={() => step(-1)}>
            <ZoomOut />
          </Button>
          <span className="w-11 text-center font-mono tabular-nums">{percent(zoom)}</span>
          <Button variant="ghost" size="icon" aria-label="Zoom in" aria-keyshortcuts="+" onClick={() => step(1)}>
            <ZoomIn />
          </Button>
          <Button variant="ghost" size="icon" aria-label="Fit the whole chain" aria-keyshortcuts="0" onClick={fitAll}>
            <Maximize2 />
          </Button>
        </fieldset>
      </div>
    </div>
  );
}

const LABELS_WIDTH = "w-7 md:w-23";

/** Keys that belong to the graph also where they lead nowhere: they must not scroll the page instead. */
const WALKING_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "p", "c"]);

function percent(zoom: number): string {
  return zoom < 0.095 ? `${(zoom * 100).toFixed(1)}%` : `${Math.round(zoom * 100)}%`;
}

/** What the lanes are; on a narrow screen only as icons. */
function Labels({ ref, lanes }: { ref: Ref<HTMLDivElement>; lanes: Lane[] }) {
  return (
    <div
      aria-hidden
      ref={ref}
      className={cn("sticky left-0 z-20 shrink-0 overflow-hidden border-line border-r bg-surface", LABELS_WIDTH)}
    >
      <div
        className="grid content-between border-line border-b px-3 pt-1.5 pb-1 font-mono text-[0.6875rem] text-muted max-md:invisible"
        style={{ height: AXIS_HEIGHT }}
      >
        <span>time</span>
        <span>between</span>
      </div>
      {lanes.map(({ channel, height }, index) => (
        <div
          key={channel}
          style={{ height }}
          className={cn("flex items-center px-[0.4375rem] md:px-3", index > 0 && "border-line border-t")}
        >
          <Channel channel={channel} />
        </div>
      ))}
    </div>
  );
}

/** Says that the picture goes on beyond its edge. */
function Shade({ side, isShown }: { side: "left" | "right"; isShown: boolean }) {
  return (
    <div
      aria-hidden
      className={cn(
        "pointer-events-none absolute inset-y-0 z-20 w-8 transition-opacity",
        side === "left" ? "left-7 bg-linear-to-r md:left-23" : "right-0 bg-linear-to-l",
        "from-surface to-transparent",
        isShown ? "opacity-100" : "opacity-0",
      )}
    />
  );
}

function Legend() {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1" aria-label="Legend">
      <li className="inline-flex items-center gap-1.5">
        <ResultMark result="SUCCESS" /> done
      </li>
      <li className="inline-flex items-center gap-1.5">
        <ResultMark result="FAILURE" /> failed
      </li>
      <li className="inline-flex items-center gap-1.5">
        <ResultMark result="DENIED" /> refused
      </li>
      <li className="inline-flex items-center gap-1.5">
        <svg viewBox="0 0 24 12" className="h-3 w-6" aria-hidden="true">
          <path
            d="M22 11V8Q22 4 16 4H10Q4 4 4 7"
            fill="none"
            strokeDasharray="4 2"
            className="stroke-accent"
            strokeWidth="1.4"
          />
          <path d="M4 11l-3-4h6z" className="fill-accent" />
        </svg>
        reply
      </li>
    </ul>
  );
}

function Key({ children }: { children: string }) {
  return (
    <kbd className="rounded border border-line bg-raised px-1 font-mono text-[0.6875rem] text-ink">{children}</kbd>
  );
}
