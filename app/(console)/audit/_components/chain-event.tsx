import Link from "next/link";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { duration, Time } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Copyable } from "../../../_ui/copy.tsx";
import { Channel } from "../../_components/channel.tsx";
import { eventDetail } from "../../_components/event-detail.ts";
import { EventName } from "../../_components/event-name.tsx";

type ChainEventProps = {
  event: AuditEvent;
  /** Milliseconds; null for the first. */
  sincePrevious: number | null;
  /** The event that caused this one, where it is in the chain. */
  cause: AuditEvent | null;
  agentName: string | null;
  last: boolean;
};

const DOTS = { SUCCESS: "bg-accent", FAILURE: "bg-warn", DENIED: "bg-danger" };
const DIRECTIONS = { INBOUND: "in", OUTBOUND: "out" };

/** One event of a chain: when, what, on which channel, by whom, because of what; refusals in red. */
export function ChainEvent({ event, sincePrevious, cause, agentName, last }: ChainEventProps) {
  const denied = event.result === "DENIED";
  const detail = eventDetail(event);
  return (
    <li
      id={event.id}
      className="grid scroll-mt-4 grid-cols-[1rem_minmax(0,1fr)] gap-x-3 md:grid-cols-[6.5rem_1rem_minmax(0,1fr)]"
    >
      <div className="hidden pt-3 text-right font-mono text-[0.75rem] text-muted md:block">
        <When event={event} sincePrevious={sincePrevious} />
      </div>
      <div className="relative flex justify-center" aria-hidden>
        <span
          className={cn(
            "absolute w-px bg-line-strong/40",
            sincePrevious === null ? "top-5" : "top-0",
            last ? "h-5" : "bottom-0",
          )}
        />
        <span className={cn("relative mt-4 size-2.5 rounded-full ring-4 ring-canvas", DOTS[event.result])} />
      </div>
      <div
        className={cn(
          "mb-2 min-w-0 rounded-lg border bg-surface px-4 py-2.5",
          denied ? "border-danger/50 bg-danger-soft" : "border-line",
        )}
      >
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <EventName event={event} />
          <Channel channel={event.channel} />
          {event.direction ? <span className="text-[0.75rem] text-muted">{DIRECTIONS[event.direction]}</span> : null}
          <span className="font-mono text-[0.75rem] text-muted md:hidden">
            <When event={event} sincePrevious={sincePrevious} />
          </span>
          {event.agentId && agentName ? (
            <Link
              href={`/agents/${event.agentId}`}
              className="ml-auto max-w-full truncate text-[0.8125rem] underline-offset-2 hover:underline"
            >
              {agentName}
            </Link>
          ) : null}
        </div>
        {detail ? <p className={cn("mt-1 break-words", denied && "text-danger")}>{detail}</p> : null}
        {cause ? (
          <p className="mt-1 text-[0.8125rem] text-muted">
            caused by{" "}
            <a href={`#${cause.id}`} className="font-mono text-[0.75rem] underline underline-offset-2">
              {cause.event}
            </a>
          </p>
        ) : null}
        <Facts event={event} />
      </div>
    </li>
  );
}

function When({ event, sincePrevious }: Pick<ChainEventProps, "event" | "sincePrevious">) {
  return (
    <>
      <Time at={event.ts} format="clock" />
      {sincePrevious === null ? null : (
        <span className="ml-2 text-muted md:ml-0 md:block">+{duration(sincePrevious)}</span>
      )}
    </>
  );
}

function Facts({ event }: { event: AuditEvent }) {
  const facts: [string, string | null][] = [
    ["event id", event.id],
    ["number", String(event.seq)],
    ["actor", `${event.actorType} ${event.actorId}`],
    ["resource", event.resourceType ? `${event.resourceType} ${event.resourceId ?? ""}` : null],
    ["request id", event.requestId],
    ["parent", event.parentId],
  ];
  return (
    <details className="mt-1.5 text-[0.8125rem]">
      <summary className="w-fit rounded text-muted hover:text-ink">Details</summary>
      <dl className="mt-2 grid grid-cols-[6rem_minmax(0,1fr)] gap-y-1">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0">
                <Copyable text={value} what={name} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {Object.keys(event.data).length > 0 ? (
        <pre className="mt-2 overflow-x-auto whitespace-pre-wrap break-words rounded-md bg-raised p-3 font-mono text-[0.75rem]">
          {JSON.stringify(event.data, null, 2)}
        </pre>
      ) : null}
    </details>
  );
}
