"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { patient } from "../../../../_lib/reachability.ts";
import { Time } from "../../../../_lib/time.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { cn } from "../../../../_ui/cn.ts";
import { Copyable } from "../../../../_ui/copy.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { Tabs } from "../../../../_ui/tabs.tsx";
import { AgentStatus } from "../../../_components/agent-status.tsx";
import { PageHead } from "../../../_components/page-head.tsx";
import { AgentActs } from "./agent-acts.tsx";
import { agentPageView, type TABS } from "./agent-page-view.ts";

// Only the tab that is open is fetched.
const Activity = dynamic(patient(() => import("./activity.tsx").then((module) => module.Activity)));
const KeyList = dynamic(
  patient(() => import("../../../keys/_components/key-list.tsx").then((module) => module.KeyList)),
);
const Readiness = dynamic(patient(() => import("./readiness.tsx").then((module) => module.Readiness)));
const Policy = dynamic(patient(() => import("./policy.tsx").then((module) => module.Policy)));

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
      {agent.isSuccess && agent.data.status === "DELETED" ? <Deleted agent={agent.data} /> : null}
      {agent.isSuccess && agent.data.status !== "DELETED" ? <Loaded agent={agent.data} /> : null}
    </>
  );
}

function Deleted({ agent }: { agent: Agent }) {
  return (
    <>
      <PageHead title={agent.name}>
        <AgentStatus status="DELETED" />
      </PageHead>
      <EmptyState title="This agent was deleted">
        Its keys are dead and its address takes no more mail. What it did stays in the log.
      </EmptyState>
    </>
  );
}

const TITLES: readonly (readonly [(typeof TABS)[number], string])[] = [
  ["readiness", "Readiness"],
  ["activity", "Activity"],
  ["keys", "Keys"],
  ["policy", "Policy"],
];

function Loaded({ agent }: { agent: Agent }) {
  const [{ tab }, setView] = useQueryStates(agentPageView, { history: "push" });
  // What another tab has in the address bar does not come along.
  const open = (next: typeof tab) =>
    setView({ search: null, kind: null, show: null, sort: null, order: null, create: null, tab: next });
  return (
    <>
      <PageHead title={agent.name} action={<AgentActs agent={agent} />}>
        <span className="flex items-center gap-3">
          <AgentStatus status={agent.status} />
          <Link href={`/caps?agent=${agent.id}`} className="text-[0.8125rem] text-accent underline underline-offset-2">
            Its caps
          </Link>
        </span>
      </PageHead>
      <Identity agent={agent} />
      <Tabs label="Agent" tabs={TITLES} current={tab} onChange={open}>
        {tab === "readiness" ? <Readiness agent={agent} /> : null}
        {tab === "activity" ? <Activity agentId={agent.id} /> : null}
        {tab === "keys" ? <KeyList agent={agent} /> : null}
        {tab === "policy" ? <Policy agentId={agent.id} /> : null}
      </Tabs>
    </>
  );
}

function Identity({ agent }: { agent: Agent }) {
  const { emailIdentities, phoneIdentities } = agent;
  const addresses = [
    ...emailIdentities.map(({ email }) => email),
    ...phoneIdentities.map((phone) => phone.phoneNumber),
  ];
  return (
    <dl className="mb-5 grid grid-cols-2 gap-x-8 gap-y-3 rounded-lg border border-line bg-surface p-4 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)_auto_auto]">
      <Fact wide name={addresses.length > 1 ? "Addresses" : "Address"}>
        {addresses.length === 0 ? <span className="text-muted">none</span> : null}
        {addresses.map((address) => (
          <Copyable key={address} text={address} what="address" />
        ))}
      </Fact>
      <Fact wide name="Agent id">
        <Copyable text={agent.id} what="agent id" />
      </Fact>
      <Fact name="Last activity">
        {agent.lastActivityAt ? (
          <Time at={agent.lastActivityAt} format="relative" />
        ) : (
          <span className="text-muted">none yet</span>
        )}
      </Fact>
      <Fact name="Created">
        <Time at={agent.createdAt} format="day" />
      </Fact>
    </dl>
  );
}

function Fact({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={cn("min-w-0", wide && "col-span-2 sm:col-span-1")}>
      <dt className="text-[0.75rem] text-muted">{name}</dt>
      <dd className="flex min-h-6 min-w-0 flex-wrap items-center">{children}</dd>
    </div>
  );
}
