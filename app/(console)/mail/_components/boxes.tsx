"use client";

import { useQuery } from "@tanstack/react-query";
import { Archive, ArrowLeft, Ban, Clock, Inbox, Layers, type LucideIcon, Send, Tag, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { BOX_NAMES, type Box } from "#server/domain/mailbox/boxes.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { cn } from "../../../_ui/cn.ts";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { MailLink } from "./mail-link.tsx";
import { AGENT_CHOICES, type MailParams, overviewInput } from "./params.ts";
import { useMailParams } from "./use-mail-params.ts";
import { BOX_TITLES } from "./words.ts";

const ICONS: Record<Box, LucideIcon> = {
  inbox: Inbox,
  sent: Send,
  outbox: Clock,
  bounced: TriangleAlert,
  archive: Archive,
  spam: Ban,
  all: Layers,
};

/** The left pane: boxes, labels, agents. */
export function Boxes() {
  const trpc = useTRPC();
  const { params } = useMailParams();
  const overview = useQuery(trpc.mail.overview.queryOptions(overviewInput(params)));
  const unread = overview.data?.unread ?? 0;
  const labels = [...new Set([...(overview.data?.labels ?? []), ...(params.label === null ? [] : [params.label])])];
  return (
    <nav aria-label="Mail" className="grid content-start gap-5">
      <MailLink
        to={{ pane: null }}
        className="inline-flex items-center gap-1 rounded text-muted hover:text-ink lg:hidden"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Back to the list
      </MailLink>
      <Group title="Boxes">
        {BOX_NAMES.map((box) => {
          const Icon = ICONS[box];
          const here = params.box === box && params.label === null;
          return (
            <Place key={box} to={{ box, label: null }} here={here}>
              <Icon className={cn("size-4 shrink-0", here && "text-accent")} aria-hidden />
              <span className="flex-1">{BOX_TITLES[box]}</span>
              {box === "inbox" && unread > 0 ? <Count of={unread} /> : null}
            </Place>
          );
        })}
      </Group>
      {labels.length > 0 ? (
        <Group title="Labels">
          {labels.map((label) => (
            <Place key={label} to={{ box: "all", label }} here={params.label === label}>
              <Tag className={cn("size-4 shrink-0", params.label === label && "text-accent")} aria-hidden />
              <span className="truncate">{label}</span>
            </Place>
          ))}
        </Group>
      ) : null}
      <Agents />
    </nav>
  );
}

function Agents() {
  const trpc = useTRPC();
  const { params } = useMailParams();
  const nameOf = useAgentNames();
  const [query, setQuery] = useState("");
  const all = useQuery(trpc.agents.list.queryOptions(AGENT_CHOICES));
  const found = useQuery(
    trpc.agents.list.queryOptions(
      { ...AGENT_CHOICES, query },
      { enabled: query !== "", placeholderData: (old) => old },
    ),
  );
  const overview = useQuery(trpc.mail.overview.queryOptions({}));
  const agents = (query === "" ? all.data?.items : found.data?.items) ?? [];
  const isMany = all.data?.pagination.hasMore || (all.data?.items.length ?? 0) > 10;
  const isListed = agents.some((agent) => agent.id === params.agent);
  return (
    <Group title="Agents">
      {isMany ? (
        <li>
          <input
            type="search"
            aria-label="Find an agent"
            placeholder="Find an agent"
            className="mb-1 h-7 w-full rounded-md border border-line-strong/50 bg-surface px-2 text-[0.8125rem] placeholder:text-muted"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </li>
      ) : null}
      <Place to={{ agent: null }} here={params.agent === null}>
        <span className="flex-1">All agents</span>
      </Place>
      {params.agent !== null && !isListed ? (
        <Place to={{}} here>
          <span className="truncate">{nameOf(params.agent)}</span>
        </Place>
      ) : null}
      {agents.map((agent) => (
        <Place key={agent.id} to={{ agent: agent.id }} here={params.agent === agent.id}>
          <span className="min-w-0 flex-1 truncate">{agent.name}</span>
          {overview.data?.unreadByAgent[agent.id] ? <Count of={overview.data.unreadByAgent[agent.id] ?? 0} /> : null}
        </Place>
      ))}
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-1 px-2 text-[0.75rem] font-medium text-muted">{title}</h2>
      <ul className="grid gap-px">{children}</ul>
    </section>
  );
}

function Place({ to, here, children }: { to: Partial<MailParams>; here: boolean; children: ReactNode }) {
  return (
    <li className="min-w-0">
      <MailLink
        to={{ message: null, compose: null, view: "text", pane: null, ...to }}
        aria-current={here ? "true" : undefined}
        className={cn(
          "flex min-w-0 items-center gap-2 rounded-md px-2 py-1.5 text-muted hover:bg-raised hover:text-ink lg:py-1",
          here && "bg-raised font-medium text-ink",
        )}
      >
        {children}
      </MailLink>
    </li>
  );
}

function Count({ of }: { of: number }) {
  return (
    <span className="font-mono text-[0.75rem] tabular-nums" title="Unread, among the newest 1,000 messages">
      {of}
      <span className="sr-only"> unread</span>
    </span>
  );
}
