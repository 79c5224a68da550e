"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { Time } from "../../../../_lib/time.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Copyable } from "../../../../_ui/copy.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { AgentStatus } from "../../../_components/agent-status.tsx";
import { EventTable } from "../../../_components/event-table.tsx";
import { PageHead } from "../../../_components/page-head.tsx";
import { activityInput } from "./activity-input.ts";
import { DeleteAgent } from "./delete-agent.tsx";
import { PauseAgent } from "./pause-agent.tsx";
import { Readiness } from "./readiness.tsx";
import { RotateKey } from "./rotate-key.tsx";

export function AgentDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const agent = useQuery(trpc.agents.get.queryOptions({ id }));
  return (
    <>
      <Link
        href="/agents"
        className="mb-2 inline-flex items-center gap-1 rounded text-[0.8125rem] text-muted hover:text-ink"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Agents
      </Link>
      {agent.isPending ? <SkeletonRows rows={4} what="the agent" /> : null}
      {agent.isError ? <ErrorNote error={errorOf(agent.error)} onRetry={() => agent.refetch()} /> : null}
      {agent.isSuccess ? <Loaded agent={agent.data} /> : null}
    </>
  );
}

function Loaded({ agent }: { agent: Agent }) {
  const actions = (
    <>
      <PauseAgent agent={agent} />
      <RotateKey agent={agent} />
      <DeleteAgent agent={agent} />
    </>
  );
  return (
    <>
      <PageHead title={agent.name} action={actions}>
        <AgentStatus status={agent.status} />
      </PageHead>
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="Identity">
          <dl className="grid grid-cols-[6rem_minmax(0,1fr)] items-center gap-y-2">
            <Row name="Address">
              {agent.emailIdentities[0] ? (
                <Copyable text={agent.emailIdentities[0].email} what="address" />
              ) : (
                <span className="text-muted">none</span>
              )}
            </Row>
            <Row name="Agent id">
              <Copyable text={agent.id} what="agent id" />
            </Row>
            <Row name="Key">
              {agent.apiKeyPrefix ? (
                <code className="font-mono text-[0.8125rem]">{agent.apiKeyPrefix}…</code>
              ) : (
                <span className="text-muted">none: rotate to make one</span>
              )}
            </Row>
            <Row name="Created">
              <Time at={agent.createdAt} />
            </Row>
          </dl>
        </Panel>
        <Panel title="Readiness">
          <Readiness readiness={agent.readiness} />
        </Panel>
      </div>
      <h2 className="mt-8 mb-2 font-semibold">Recent activity</h2>
      <Activity agent={agent} />
    </>
  );
}

function Activity({ agent }: { agent: Agent }) {
  const trpc = useTRPC();
  const events = useQuery(trpc.events.list.queryOptions(activityInput(agent.id)));
  if (events.isPending) return <SkeletonRows rows={4} what="activity" />;
  if (events.isError) return <ErrorNote error={errorOf(events.error)} onRetry={() => events.refetch()} />;
  if (events.data.items.length === 0) {
    return <EmptyState title="It has done nothing yet">Its first mail shows up here.</EmptyState>;
  }
  return <EventTable events={events.data.items} />;
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface p-4">
      <h2 className="mb-3 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-h-6 min-w-0 items-center">{children}</dd>
    </>
  );
}
