import type { ReactNode } from "react";
import { duration, Time } from "../../../_lib/time.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { ChainModel } from "./chain-model.ts";

type SummaryProps = { correlationId: string; model: ChainModel; isWhole: boolean };

/** The chain in numbers. */
export function ChainSummary({ correlationId, model, isWhole }: SummaryProps) {
  const [first] = model.nodes;
  const last = model.nodes.at(-1);
  if (!first || !last) return null;
  const agents = new Set(model.nodes.flatMap(({ event }) => event.agentId ?? [])).size;
  const facts: [string, ReactNode][] = [
    ["Correlation id", <Copyable key="id" text={correlationId} what="correlation id" />],
    ["Began", <Time key="began" at={first.event.ts} />],
    ["Lasted", isWhole ? duration(last.at - first.at) : "more than is shown"],
    ["Events", <Counts key="events" model={model} isWhole={isWhole} />],
    ["Agents", String(agents)],
  ];
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-[0.75rem] text-muted">{name}</dt>
          <dd className="flex min-h-6 items-center tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Counts({ model: { nodes, refused, failed }, isWhole }: Pick<SummaryProps, "model" | "isWhole">) {
  return (
    <span>
      {nodes.length.toLocaleString("en")}
      {isWhole ? "" : "+"}
      {refused > 0 ? <span className="text-danger">, {refused} refused</span> : null}
      {failed > 0 ? <span className="text-warn">, {failed} failed</span> : null}
    </span>
  );
}
