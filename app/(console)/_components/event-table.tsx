import Link from "next/link";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../_lib/chain-path.ts";
import { Time } from "../../_lib/time.tsx";
import { cn } from "../../_ui/cn.ts";
import { Channel } from "./channel.tsx";
import { eventDetail } from "./event-detail.ts";
import { EventName } from "./event-name.tsx";

/** Events newest first; a row opens the event's chain. @param nameOf names agents; absent where all are of one */
export function EventTable({ events, nameOf }: { events: AuditEvent[]; nameOf?: (agentId: string) => string }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed text-left">
        <thead className="border-line border-b text-[0.75rem] text-muted">
          <tr>
            <th scope="col" className="w-32 px-4 py-2 font-medium">
              Time
            </th>
            <th scope="col" className="hidden w-24 py-2 font-medium md:table-cell">
              Channel
            </th>
            <th scope="col" className="px-2 py-2 font-medium md:w-60">
              Event
            </th>
            <th scope="col" className="hidden px-2 py-2 font-medium md:table-cell">
              Detail
            </th>
            {nameOf ? (
              <th scope="col" className="hidden w-36 px-4 py-2 text-right font-medium lg:table-cell">
                Agent
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr
              key={event.seq}
              className={cn(
                "relative border-line border-b align-baseline last:border-b-0 hover:bg-raised/60",
                event.result === "DENIED" && "bg-danger-soft/60 hover:bg-danger-soft",
              )}
            >
              <td className="px-4 py-2 font-mono text-[0.75rem] text-muted">
                <Time at={event.ts} format="clock" />
              </td>
              <td className="hidden py-2 md:table-cell">
                <Channel channel={event.channel} />
              </td>
              <td className="break-words px-2 py-2">
                <Link href={chainPath(event.correlationId, event.id)} className="after:absolute after:inset-0">
                  <EventName event={event} />
                </Link>
                <span className="mt-0.5 block truncate text-[0.8125rem] text-muted md:hidden">
                  {eventDetail(event)}
                </span>
              </td>
              <td className="hidden truncate px-2 py-2 text-[0.8125rem] md:table-cell" title={eventDetail(event)}>
                {eventDetail(event)}
              </td>
              {nameOf ? (
                <td className="hidden truncate px-4 py-2 text-right text-[0.8125rem] text-muted lg:table-cell">
                  {event.agentId ? nameOf(event.agentId) : ""}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
