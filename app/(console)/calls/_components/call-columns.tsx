import { PhoneIncoming, PhoneOutgoing } from "lucide-react";
import type { CallLine } from "#server/domain/call-log/list.ts";
import { Time } from "../../../_lib/time.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { Link } from "../../../_ui/link.tsx";
import { CallLength } from "./call-length.tsx";
import { CallState } from "./call-state.tsx";
import { ownNumberOf, personOf, reasonOf } from "./call-words.ts";

type Words = { nameOf: (agentId: string) => string; money: (micros: number) => string };

/** The columns of the list of calls. */
export function callColumns({ nameOf, money }: Words): DataColumn<CallLine>[] {
  return [
    {
      id: "person",
      name: "Person",
      fixed: true,
      narrow: true,
      cell: (call) => (
        <>
          <span className="flex items-center gap-2">
            <Direction direction={call.direction} />
            <Link href={`/calls/${call.id}`} className="truncate font-mono after:absolute after:inset-0">
              {personOf(call)}
            </Link>
          </span>
          <span className="block truncate text-[0.75rem] text-muted md:hidden">
            {nameOf(call.agentId)} · <Time at={call.startedAt} format="relative" />
          </span>
        </>
      ),
    },
    {
      id: "state",
      name: "State",
      width: "w-32 lg:w-56",
      narrow: true,
      cell: (call) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <CallState call={call} />
          <span className="text-muted max-lg:hidden">{reasonOf(call)}</span>
        </span>
      ),
    },
    { id: "agent", name: "Agent", cell: (call) => <span title={nameOf(call.agentId)}>{nameOf(call.agentId)}</span> },
    {
      id: "number",
      name: "Our number",
      width: "w-32",
      cell: (call) => <span className="font-mono text-muted">{ownNumberOf(call)}</span>,
    },
    {
      id: "started",
      name: "Started",
      width: "w-28",
      align: "right",
      cell: (call) => <Time at={call.startedAt} format="relative" />,
    },
    { id: "length", name: "Length", width: "w-20", align: "right", cell: (call) => <CallLength call={call} /> },
    {
      id: "cost",
      name: "Cost",
      width: "w-20",
      align: "right",
      cell: (call) => (call.costMicros === 0 ? <span className="text-muted">–</span> : money(call.costMicros)),
    },
    {
      id: "id",
      name: "Call id",
      width: "w-72",
      extra: true,
      cell: (call) => <Copyable text={call.id} what="call id" className="relative z-10" />,
    },
  ];
}

const DIRECTIONS = {
  INBOUND: [PhoneIncoming, "Call from"],
  OUTBOUND: [PhoneOutgoing, "Call to"],
} as const;

export function Direction({ direction }: Pick<CallLine, "direction">) {
  const [Icon, words] = DIRECTIONS[direction];
  return (
    <>
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="sr-only">{words}</span>
    </>
  );
}
