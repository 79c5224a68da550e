"use client";

import { X } from "lucide-react";
import { type MouseEvent, type ReactNode, useRef } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { duration, Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Copyable } from "../../../_ui/copy.tsx";
import { Link } from "../../../_ui/link.tsx";
import { eventDetail } from "../../_components/event-detail.ts";
import { ResultMark } from "./chain-marks.tsx";
import { type ChainNode, DIRECTION_WORDS, RESULT_WORDS } from "./chain-model.ts";
import { EventRecord } from "./chain-record.tsx";
import type { RecordForm } from "./use-chain-place.ts";

const TONES = { SUCCESS: "good", FAILURE: "warn", DENIED: "bad" } as const;

type PanelProps = {
  id: string;
  node: ChainNode;
  nameOf: (agentId: string) => string;
  select: (eventId: string | null) => void;
  recordForm: RecordForm;
  setRecordForm: (form: RecordForm) => void;
  /** In the list the event's own line says its detail already. */
  isBesideDetail?: boolean;
  /** The place of what is proven about the event: `verified against checkpoint N`. */
  proof?: ReactNode;
};

/** Everything about one event: what, who, when, why, and the record as it was hashed. */
export function EventPanel(props: PanelProps) {
  const { id, node, nameOf, select, recordForm, setRecordForm, isBesideDetail = false, proof } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const { event } = node;
  const detail = eventDetail(event);
  // The link that was followed goes away with the event it belonged to: the focus stays in the panel.
  const follow = (eventId: string) => {
    heading.current?.focus();
    select(eventId);
  };
  return (
    <section id={id} aria-labelledby={`${id}-name`} className="min-w-0">
      <div className="flex items-start justify-between gap-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <ResultMark result={event.result} />
          <h2 ref={heading} id={`${id}-name`} tabIndex={-1} className="font-medium font-mono outline-none">
            {event.event}
          </h2>
          <Badge tone={TONES[event.result]}>{RESULT_WORDS[event.result]}</Badge>
          {node.reason ? (
            <span className={cn("font-mono text-[0.75rem]", event.result === "DENIED" ? "text-danger" : "text-warn")}>
              {node.reason}
            </span>
          ) : null}
          {proof}
        </div>
        <Button variant="ghost" size="icon" aria-label="Close the event" onClick={() => select(null)}>
          <X />
        </Button>
      </div>
      {detail && !isBesideDetail ? <p className="mt-1 max-w-prose break-words">{detail}</p> : null}
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,21rem)_minmax(0,1fr)]">
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-5">
          <Facts node={node} nameOf={nameOf} />
          <Relatives node={node} follow={follow} />
          <Data data={event.data} />
        </div>
        <EventRecord eventId={event.id} form={recordForm} setForm={setRecordForm} />
      </div>
    </section>
  );
}

function Facts({ node, nameOf }: { node: ChainNode; nameOf: (agentId: string) => string }) {
  const { event, sincePrevious } = node;
  const facts: [string, ReactNode][] = [
    ["Time", <Time key="time" at={event.ts} />],
    ["Exact", <Copyable key="ts" text={event.ts} what="time" />],
    ["After", sincePrevious === null ? "first of the chain" : `${duration(sincePrevious)} after the event before it`],
    ["Agent", event.agentId ? <AgentLink key="agent" agentId={event.agentId} name={nameOf(event.agentId)} /> : null],
    ["Actor", <Actor key="actor" event={event} />],
    ["Direction", event.direction ? DIRECTION_WORDS[event.direction] : null],
    [
      "Resource",
      event.resourceId ? <Copyable key="res" text={event.resourceId} what={event.resourceType ?? "id"} /> : null,
    ],
    ["Request", event.requestId ? <Copyable key="request" text={event.requestId} what="request id" /> : null],
    ["Event id", <Copyable key="id" text={event.id} what="event id" />],
  ];
  return (
    <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-[0.8125rem]">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="contents">
            <dt className="flex min-h-6 items-center text-muted">{name}</dt>
            <dd className="flex min-h-6 min-w-0 items-center tabular-nums">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function AgentLink({ agentId, name }: { agentId: string; name: string }) {
  return (
    <Link href={`/agents/${agentId}`} className="truncate underline underline-offset-2">
      {name}
    </Link>
  );
}

const ACTORS: Record<AuditEvent["actorType"], string> = {
  AGENT: "the agent",
  API_KEY: "API key",
  USER: "user",
  SYSTEM: "this server,",
};

function Actor({ event: { actorType, actorId, agentId } }: { event: AuditEvent }) {
  if (actorType === "AGENT" && actorId === agentId) return "the agent itself";
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="shrink-0">{ACTORS[actorType]}</span>
      <Copyable text={actorId} what="actor" />
    </span>
  );
}

type RelativesProps = { node: ChainNode; follow: (eventId: string) => void };

function Relatives({ node, follow }: RelativesProps) {
  const { cause, effects, event, isReply, sinceCause } = node;
  return (
    <dl className="grid gap-3 text-[0.8125rem]">
      {event.parentId ? (
        <div>
          <dt className="mb-1 text-muted">{isReply ? "Answers" : "Caused by"}</dt>
          <dd>
            {cause ? (
              <EventLink node={cause} after={sinceCause} follow={follow} />
            ) : (
              <span className="flex flex-wrap items-center gap-x-2">
                <Copyable text={event.parentId} what="cause" />
                <span className="text-muted">not among the events shown</span>
              </span>
            )}
          </dd>
        </div>
      ) : null}
      {effects.length > 0 ? (
        <div>
          <dt className="mb-1 text-muted">{effects.length === 1 ? "Its effect" : `Its ${effects.length} effects`}</dt>
          <dd>
            <ul className="max-h-40 overflow-y-auto">
              {effects.map((effect) => (
                <li key={effect.id}>
                  <EventLink node={effect} after={effect.sinceCause} follow={follow} />
                </li>
              ))}
            </ul>
          </dd>
        </div>
      ) : null}
    </dl>
  );
}

type EventLinkProps = { node: ChainNode; after: number | null; follow: (eventId: string) => void };

/** A link that opens in a new tab like any other, and here without a new page. */
function EventLink({ node, after, follow }: EventLinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    follow(node.id);
  };
  return (
    <span className="flex min-h-6 items-center gap-2">
      <ResultMark result={node.event.result} />
      <a
        href={chainPath(node.event.correlationId, node.id)}
        onClick={onClick}
        className="truncate rounded font-mono text-[0.75rem] underline underline-offset-2"
      >
        {node.event.event}
      </a>
      {after === null ? null : <span className="ml-auto shrink-0 text-muted tabular-nums">+{duration(after)}</span>}
    </span>
  );
}

function Data({ data }: { data: AuditEvent["data"] }) {
  const entries = Object.entries(data);
  if (entries.length === 0) return null;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 border-line border-t pt-4 font-mono text-[0.75rem]">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="break-words">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
