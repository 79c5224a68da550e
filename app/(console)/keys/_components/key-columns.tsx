import type { ApiKey } from "#server/domain/api-keys/schemas.ts";
import { Time } from "../../../_lib/time.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import type { DataColumn } from "../../../_ui/data-table.tsx";
import { Link } from "../../../_ui/link.tsx";
import { type KeyAct, KeyMenu } from "./key-menu.tsx";
import { KeyStatus } from "./key-status.tsx";

/** The columns of a list of keys. @param ofOneAgent leaves out whose each is */
export function keyColumns(onAct: (act: KeyAct) => void, ofOneAgent: boolean): DataColumn<ApiKey>[] {
  return [
    {
      id: "name",
      name: "Name",
      sort: "name",
      fixed: true,
      narrow: true,
      cell: (key) => (
        <>
          <span className="font-medium" title={key.name}>
            {key.name}
          </span>
          {key.isPrimary ? <span className="ml-1.5 text-[0.75rem] text-muted">primary</span> : null}
          <span className="block truncate font-mono text-[0.75rem] text-muted md:hidden">
            {key.prefix}… {ofOneAgent ? "" : (key.agentName ?? "")}
          </span>
        </>
      ),
    },
    ...(ofOneAgent ? [] : [OWNER]),
    {
      id: "prefix",
      name: "Begins with",
      width: "w-32",
      cell: (key) => <code className="font-mono text-[0.8125rem]">{key.prefix}…</code>,
    },
    { id: "scopes", name: "Scopes", width: "w-40", cell: (key) => <Scopes scopes={key.scopes} /> },
    {
      id: "used",
      name: "Last used",
      width: "w-28",
      align: "right",
      cell: (key) =>
        key.lastUsedAt ? <Time at={key.lastUsedAt} format="relative" /> : <span className="text-muted">never</span>,
    },
    {
      id: "expires",
      name: "Expires",
      sort: "expires",
      width: "w-28",
      align: "right",
      cell: (key) =>
        key.expiresAt ? <Time at={key.expiresAt} format="relative" /> : <span className="text-muted">never</span>,
    },
    {
      id: "created",
      name: "Created",
      sort: "created",
      width: "w-28",
      align: "right",
      cell: (key) => <Time at={key.createdAt} format="day" />,
    },
    { id: "status", name: "Status", width: "w-24", narrow: true, cell: (key) => <KeyStatus apiKey={key} /> },
    {
      id: "id",
      name: "Key id",
      width: "w-72",
      extra: true,
      cell: (key) => <Copyable text={key.id} what="key id" />,
    },
    {
      id: "menu",
      name: "Actions",
      width: "w-14",
      fixed: true,
      narrow: true,
      silent: true,
      align: "right",
      cell: (key) => (key.revokedAt ? null : <KeyMenu apiKey={key} onAct={onAct} />),
    },
  ];
}

const OWNER: DataColumn<ApiKey> = {
  id: "owner",
  name: "For",
  cell: (key) =>
    key.agentId === null ? (
      <span className="text-muted">the organisation</span>
    ) : (
      <Link
        href={`/agents/${key.agentId}?tab=keys`}
        className="rounded underline decoration-line-strong underline-offset-2"
      >
        {key.agentName ?? key.agentId}
      </Link>
    ),
};

function Scopes({ scopes }: { scopes: string[] }) {
  if (scopes.includes("*")) return <span className="text-muted">everything</span>;
  const [first = "", ...more] = scopes;
  return (
    <span title={scopes.join(", ")} className="font-mono text-[0.75rem]">
      {first}
      {more.length > 0 ? <span className="text-muted"> +{more.length}</span> : null}
      <span className="sr-only">{more.join(", ")}</span>
    </span>
  );
}
