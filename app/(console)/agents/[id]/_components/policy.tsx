"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { errorOf } from "../../../../_lib/errors.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";

const NUMBER = new Intl.NumberFormat("en-GB");

/** The limits that hold for an agent: only what the server enforces. */
export function Policy({ agentId }: { agentId: string }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.agents.policy.queryOptions({ id: agentId }));
  if (policy.isPending) return <SkeletonRows rows={4} what="the policy" />;
  if (policy.isError) return <ErrorNote error={errorOf(policy.error)} onRetry={() => policy.refetch()} />;
  const { tier, requestsPerSecond, requestsPerMinute, onlyRecipient, scopes } = policy.data;
  return (
    <dl className="divide-y divide-line rounded-lg border border-line bg-surface">
      <Rule name="Requests" reason={`By the plan ${tier}, shared by all keys of the organisation. Beyond it: 429.`}>
        <span className="tabular-nums">{NUMBER.format(requestsPerSecond)}</span> a second,{" "}
        <span className="tabular-nums">{NUMBER.format(requestsPerMinute)}</span> a minute
      </Rule>
      <Rule
        name="Recipients"
        reason={
          onlyRecipient
            ? "Until the code mailed there is confirmed: POST /v1/agent/verify. Mail to anybody else: 409."
            : "The organisation is verified."
        }
      >
        {onlyRecipient ? <code className="font-mono text-[0.8125rem]">{onlyRecipient}</code> : "anybody"}
      </Rule>
      <Rule name="Scopes" reason="What its keys may do, together. Anything else: 403, and an event in the log.">
        {scopes.length === 0 ? "nothing: it has no key that works" : null}
        {scopes.includes("*") ? (
          "everything that an agent's key can do"
        ) : (
          <ul className="flex flex-wrap gap-1">
            {scopes.map((scope) => (
              <li key={scope} className="rounded bg-raised px-1.5 py-0.5 font-mono text-[0.75rem]">
                {scope}
              </li>
            ))}
          </ul>
        )}
      </Rule>
    </dl>
  );
}

function Rule({ name, reason, children }: { name: string; reason: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 p-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="text-muted">{name}</dt>
      <dd>
        <div>{children}</div>
        <p className="mt-1 text-[0.8125rem] text-muted">{reason}</p>
      </dd>
    </div>
  );
}
