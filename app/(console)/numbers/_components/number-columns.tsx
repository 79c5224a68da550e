import { Image, MessageSquare, Phone } from "lucide-react";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import { numberText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { CopyButton } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { Link } from "../../../_ui/link.tsx";
import { MonthlyPrice } from "./monthly-price.tsx";
import { NumberMenu } from "./number-menu.tsx";

type ColumnsOf = {
  /** All numbers, oldest first: what the plan includes of them, it includes in this order. */
  items: readonly NumberView[];
  /** Up to which the traffic was counted. */
  most: number;
  monthlyMicros: (held: number) => number | null;
  onRelease: (number: NumberView) => void;
};

/** The columns of the list of numbers. */
export function numberColumns({ items, most, monthlyMicros, onRelease }: ColumnsOf): DataColumn<NumberView>[] {
  const placeOf = new Map(items.map(({ id }, place) => [id, place]));
  const counted = (count: number) => (count > most ? `over ${numberText(most)}` : numberText(count));
  return [
    {
      id: "number",
      name: "Number",
      width: "md:w-52",
      fixed: true,
      narrow: true,
      cell: (number) => (
        <>
          <span className="flex items-center gap-1">
            <span className="truncate font-mono font-medium" title={number.phoneNumber}>
              {number.display}
            </span>
            <CopyButton text={number.phoneNumber} what="number" />
          </span>
          <span className="block truncate text-[0.75rem] text-muted md:hidden">{number.agentName}</span>
        </>
      ),
    },
    {
      id: "agent",
      name: "Agent",
      cell: (number) => (
        <span className="flex min-w-0 items-center gap-2">
          <Link href={`/agents/${number.agentId}`} className="truncate hover:underline">
            {number.agentName}
          </Link>
          {number.isPrimary ? null : <Badge>second</Badge>}
        </span>
      ),
    },
    { id: "can", name: "Can", width: "w-32", cell: (number) => <Capabilities number={number} /> },
    {
      id: "texts",
      name: "Texts, month",
      width: "w-28",
      align: "right",
      cell: ({ traffic }) => (
        <>
          {counted(traffic.textsSent)} out, {counted(traffic.textsReceived)} in
        </>
      ),
    },
    {
      id: "calls",
      name: "Calls, month",
      width: "w-24",
      align: "right",
      cell: ({ traffic }) => counted(traffic.calls),
    },
    {
      id: "price",
      name: "A month",
      width: "w-24",
      align: "right",
      narrow: true,
      cell: (number) => <MonthlyPrice micros={monthlyMicros(placeOf.get(number.id) ?? 0)} />,
    },
    {
      id: "since",
      name: "Since",
      width: "w-28",
      align: "right",
      cell: (number) => <Time at={number.createdAt} format="day" />,
    },
    {
      id: "menu",
      name: "Actions",
      width: "w-14",
      fixed: true,
      narrow: true,
      silent: true,
      align: "right",
      cell: (number) => <NumberMenu number={number} onRelease={() => onRelease(number)} />,
    },
  ];
}

const CAPABILITIES = [
  ["sms", "text", MessageSquare],
  ["mms", "send pictures", Image],
  ["voice", "call", Phone],
] as const;

/** What a number can do, as a row of signs; and that American texts want a campaign, of which nobody here knows. */
function Capabilities({ number: { capabilities, tenDlcStatus } }: { number: NumberView }) {
  return (
    <span className="flex items-center gap-2">
      {CAPABILITIES.map(([name, act, Icon]) => {
        const text = `${capabilities[name] ? "can" : "cannot"} ${act}`;
        return (
          <span key={name} title={text} className={capabilities[name] ? "text-accent" : "text-muted opacity-40"}>
            <Icon className="size-3.5" aria-hidden />
            <span className="sr-only">{text}</span>
          </span>
        );
      })}
      {tenDlcStatus === "UNREGISTERED" && capabilities.sms ? (
        <span title="Texts of American numbers want a campaign with the carrier; this server cannot see whether there is one.">
          <Badge tone="warn">10DLC</Badge>
        </span>
      ) : null}
    </span>
  );
}
