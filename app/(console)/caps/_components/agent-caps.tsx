"use client";

import type { AgentCapState, BillingState } from "#server/domain/billing/billing-state.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Link } from "../../../_ui/link.tsx";
import { CHANNEL_NAMES, UNIT_NAMES } from "./caps-view.ts";

/** The agents that have caps of their own, and where those stand. */
export function AgentCaps({ state }: { state: BillingState }) {
  const { agentCaps, hasMoreAgentCaps } = state;
  return (
    <section aria-labelledby="agent-caps">
      <h2 id="agent-caps" className="mb-2 font-semibold">
        Agents with caps of their own
      </h2>
      {agentCaps.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
          None: every agent may spend what the organisation has left.
        </p>
      ) : (
        <ul className="rounded-lg border border-line bg-surface text-[0.8125rem]">
          {agentCaps.map((cap) => (
            <AgentCap key={`${cap.agentId} ${cap.cap}`} cap={cap} />
          ))}
          {hasMoreAgentCaps ? (
            <li className="px-4 py-2.5 text-muted">There are more: a hundred are shown. Choose an agent above.</li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

function AgentCap({ cap: { agentId, agentName, cap, mode, month, day } }: { cap: AgentCapState }) {
  const money = useMoney();
  const parts = ([["month", month] as const, ["day", day] as const] as const).flatMap(([period, state]) => [
    state.capCents === null ? [] : [`${money(state.usedMicros)} of ${money(state.capCents * 10_000)} a ${period}`],
    state.capUnits === null
      ? []
      : [`${numberText(state.usedUnits)} of ${numberText(state.capUnits)} ${UNIT_NAMES[cap]} a ${period}`],
  ]);
  const isReached = month.percent === 100 || day.percent === 100;
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 last:border-b-0">
      <Link
        href={`/caps?agent=${agentId}&channel=${cap}`}
        className="min-w-0 basis-48 truncate font-medium hover:underline"
      >
        {agentName}
      </Link>
      <span className="w-12 text-muted">{CHANNEL_NAMES[cap]}</span>
      <span className="flex-1 tabular-nums">{parts.flat().join(", ")}</span>
      {isReached ? <Badge tone="bad">{mode === "block" ? "blocks" : "reached"}</Badge> : null}
      {!isReached && mode === "alert-only" ? <Badge>alert only</Badge> : null}
    </li>
  );
}
