"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { AgentsInNeed as Needs } from "#server/domain/agents/in-need.ts";
import type { Warned } from "#server/domain/billing/warned.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { numberText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { eventDetail } from "../../_components/event-detail.ts";
import { Panel } from "./panel.tsx";

type Trouble = Needs["refused"]["items"][number];

/** Agents that a person has to look after, each with the reason and where it is mended. */
export function AgentsInNeed() {
  const trpc = useTRPC();
  const needs = useQuery(trpc.overview.agentsInNeed.queryOptions());
  // Read by the frame, which shows the most urgent of them and keeps them true.
  const warnings = useQuery(trpc.billing.warnings.queryOptions());
  const capped = warnings.data?.items.filter(({ agentId, blocked }) => agentId !== null && blocked) ?? [];
  useRefresh(
    trpc.overview.agentsInNeed.queryFilter(),
    ({ event, result }) => result !== "SUCCESS" || /^(agent|org)\./.test(event),
  );
  return (
    <Panel title="Agents that need a hand">
      {needs.isPending ? <SkeletonRows rows={3} what="agents" /> : null}
      {needs.isError ? <ErrorNote error={errorOf(needs.error)} onRetry={() => needs.refetch()} /> : null}
      {needs.data ? <List needs={needs.data} capped={capped} /> : null}
    </Panel>
  );
}

function List({ needs, capped }: { needs: Needs; capped: Warned[] }) {
  const { unconfirmedBy, failed, refused, paused } = needs;
  const isQuiet =
    unconfirmedBy === null && capped.length === 0 && [failed, refused, paused].every(({ items }) => items.length === 0);
  if (isQuiet) {
    return (
      <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
        None: no agent is paused or capped, and in the last 24 hours none was refused and no mail came back.
      </p>
    );
  }
  return (
    <ul className="rounded-lg border border-line bg-surface">
      {unconfirmedBy === null ? null : (
        <Need
          badge={<Badge tone="warn">unconfirmed</Badge>}
          name="All agents"
          reason={
            <>
              They may mail only <span className="font-mono">{unconfirmedBy}</span>, who has not confirmed yet.
            </>
          }
          remedy={<Remedy href="/docs/errors/recipient-not-verified">How to confirm</Remedy>}
        />
      )}
      {capped.map((warned) => (
        <Need
          key={`${warned.agentId} ${warned.meter} ${warned.period}`}
          badge={<Badge tone="bad">capped</Badge>}
          name={<AgentLink id={warned.agentId ?? ""} name={warned.agentName ?? warned.agentId ?? ""} />}
          reason={
            <>
              Its cap on {warned.meter} is used up for this {warned.period}: more is refused until{" "}
              <Time at={warned.resetsAt} format="short" />.
            </>
          }
          remedy={<Remedy href={`/caps?agent=${warned.agentId}&channel=${warned.meter}`}>Its cap</Remedy>}
        />
      ))}
      {failed.items.map((trouble) => (
        <TroubleRow
          key={`${trouble.agentId} ${trouble.last.event}`}
          trouble={trouble}
          badge={<Badge tone="warn">{trouble.last.event === "email.bounced" ? "bouncing" : "failing"}</Badge>}
        />
      ))}
      {refused.items.map((trouble) => (
        <TroubleRow
          key={`${trouble.agentId} ${trouble.last.event}`}
          trouble={trouble}
          badge={<Badge tone="bad">{trouble.last.data.code === "PAYMENT_REQUIRED" ? "capped" : "refused"}</Badge>}
        />
      ))}
      {paused.items.map(({ agentId, agentName }) => (
        <Need
          key={agentId}
          badge={<Badge>paused</Badge>}
          name={<AgentLink id={agentId} name={agentName} />}
          reason="Its key can do nothing; mail to it is still taken."
          remedy={<Remedy href={`/agents/${agentId}`}>Resume it</Remedy>}
        />
      ))}
      {[failed, refused, paused].some(({ hasMore }) => hasMore) ? (
        <li className="px-4 py-2.5 text-[0.8125rem] text-muted">
          There are more: ten of each kind are shown. <Remedy href="/agents">All agents</Remedy>
        </li>
      ) : null}
    </ul>
  );
}

function TroubleRow({ trouble, badge }: { trouble: Trouble; badge: ReactNode }) {
  const { agentId, agentName, count, since, last } = trouble;
  const code = typeof last.data.code === "string" && last.result === "DENIED" ? last.data.code : null;
  return (
    <Need
      badge={badge}
      name={<AgentLink id={agentId} name={agentName} />}
      reason={eventDetail(last) || last.event}
      times={
        <>
          {count > 1 ? (
            <>
              {numberText(count)} times since <Time at={since} />, last{" "}
            </>
          ) : null}
          <Time at={last.ts} />
        </>
      }
      remedy={
        <>
          {code ? <Remedy href={`/docs/errors/${code.toLowerCase().replaceAll("_", "-")}`}>What to do</Remedy> : null}
          <Remedy href={chainPath(last.correlationId, last.id)}>What happened</Remedy>
        </>
      }
    />
  );
}

type NeedProps = { badge: ReactNode; name: ReactNode; reason: ReactNode; times?: ReactNode; remedy: ReactNode };

function Need({ badge, name, reason, times, remedy }: NeedProps) {
  return (
    <li className="grid gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          {badge}
          <span className="min-w-0 truncate font-medium">{name}</span>
        </p>
        <p className="mt-1 break-words text-[0.8125rem]">{reason}</p>
        {times ? <p className="text-[0.8125rem] text-muted">{times}</p> : null}
      </div>
      <p className="flex gap-3 text-[0.8125rem] sm:justify-end">{remedy}</p>
    </li>
  );
}

function AgentLink({ id, name }: { id: string; name: string }) {
  return (
    <Link href={`/agents/${id}`} className="block truncate hover:underline">
      {name}
    </Link>
  );
}

function Remedy({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="whitespace-nowrap text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}
