"use client";

import { useQuery } from "@tanstack/react-query";
import type { Scope } from "#server/domain/scopes.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";

// In the order in which they are looked for; what is not named here comes after them under its own name.
const GROUPS: Record<string, string> = {
  email: "Mail",
  messages: "Messages of every channel",
  inbox: "Inboxes",
  agents: "Agents",
  identity: "The agent's identity",
  audit: "Audit log",
  billing: "Plan and usage",
  phone: "Phone numbers and SMS",
  voice: "Calls",
  vault: "Vault",
  domains: "Mail domains",
  addresses: "Postal addresses",
  webhooks: "Webhooks",
  extension: "Browser extension",
};

/** Chooses what a key may do: everything, or scope by scope, each with what it allows. */
export function ScopePicker(props: { chosen: readonly Scope[]; onChoose: (scopes: Scope[]) => void; error?: string }) {
  const { chosen, onChoose, error } = props;
  const trpc = useTRPC();
  const scopes = useQuery(trpc.keys.scopes.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const everything = chosen.includes("*");
  const toggle = (scope: Scope) =>
    onChoose(chosen.includes(scope) ? chosen.filter((held) => held !== scope) : [...chosen, scope]);
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">What it may do</legend>
      <label className="flex items-start gap-2">
        <input
          type="radio"
          name="scope"
          checked={everything}
          onChange={() => onChoose(["*"])}
          className="mt-1 accent-accent-fill"
        />
        <span>
          Everything
          <span className="block text-[0.8125rem] text-muted">All that this kind of key can do, now and later.</span>
        </span>
      </label>
      <label className="flex items-start gap-2">
        <input
          type="radio"
          name="scope"
          checked={!everything}
          onChange={() => onChoose([])}
          className="mt-1 accent-accent-fill"
        />
        <span>Only what is chosen here</span>
      </label>
      {error ? <p className="text-[0.8125rem] text-danger">{error}</p> : null}
      {scopes.isError ? <ErrorNote error={errorOf(scopes.error)} onRetry={() => scopes.refetch()} /> : null}
      {everything || !scopes.data ? null : (
        <div className="grid gap-3 rounded-md border border-line p-3">
          {grouped(scopes.data.scopes).map(([group, members]) => (
            <fieldset key={group}>
              <legend className="mb-1 text-[0.75rem] text-muted">{GROUPS[group] ?? group}</legend>
              {members.map(({ scope, description }) => (
                <label key={scope} className="flex min-h-6 items-start gap-2 py-0.5 text-[0.8125rem]">
                  <input
                    type="checkbox"
                    checked={chosen.includes(scope)}
                    onChange={() => toggle(scope)}
                    className="mt-0.5 accent-accent-fill"
                  />
                  <span>
                    <code className="font-mono">{scope}</code> <span className="text-muted">{description}</span>
                  </span>
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      )}
    </fieldset>
  );
}

type Listed = { scope: Scope; description: string };

function grouped(scopes: Listed[]): [group: string, members: Listed[]][] {
  const groups = new Map<string, Listed[]>(Object.keys(GROUPS).map((group) => [group, []]));
  for (const listed of scopes) {
    if (listed.scope === "*") continue;
    const group = listed.scope.split(":")[0] ?? "";
    groups.set(group, [...(groups.get(group) ?? []), listed]);
  }
  return [...groups].filter(([, members]) => members.length > 0);
}
