"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { CapChange } from "#server/domain/billing/cap-changes.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useMoney } from "../../../_lib/money.tsx";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { changesOf } from "./cap-settings.ts";
import { CHANNEL_NAMES, ofAgent, UNIT_NAMES } from "./caps-view.ts";

/** Who changed a cap, when, from what to what: read from the log. */
export function History({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(trpc.billing.capChanges.infiniteQueryOptions(ofAgent(agentId), nextPage));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="history">
      <h2 id="history" className="mb-2 font-semibold">
        Changes
      </h2>
      {list.isPending ? <SkeletonRows rows={2} what="the changes" /> : null}
      {list.isError ? <ErrorNote error={errorOf(list.error)} onRetry={() => list.refetch()} /> : null}
      {list.isSuccess && items.length === 0 ? (
        <p className="rounded-lg border border-line border-dashed px-4 py-6 text-center text-muted">
          {agentId === null
            ? "No cap was ever changed: those of the plan hold."
            : "No cap of this agent was ever changed: only the organisation's hold for it."}
        </p>
      ) : null}
      {items.length > 0 ? (
        <ul className="rounded-lg border border-line bg-surface text-[0.8125rem]">
          {items.map((change) => (
            <li
              key={change.id}
              className="grid gap-x-6 gap-y-1 border-line border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
            >
              <span className="text-muted">
                <Time at={change.at} format="relative" />
              </span>
              <Lines change={change} />
              <span className="text-muted sm:text-right">
                {actorName(change)}
                {change.agentId !== null && agentId === null ? (
                  <>
                    , for{" "}
                    <Link href={`/caps?agent=${change.agentId}`} className="text-accent underline underline-offset-2">
                      {change.agentName ?? change.agentId}
                    </Link>
                  </>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      <ShowMore pages={list} />
    </section>
  );
}

function Lines({ change }: { change: CapChange }) {
  const money = useMoney();
  const changes = changesOf(change.before, change.after, { channels: CHANNEL_NAMES, units: UNIT_NAMES, money });
  if (changes.length === 0) return <span className="text-muted">Set again to what it was.</span>;
  return (
    <ul className="min-w-0">
      {changes.map(({ what, from, to }) => (
        <li key={`${what} ${from} ${to}`} className="break-words">
          {what}: <span className="text-muted tabular-nums">{from}</span> → <span className="tabular-nums">{to}</span>
        </li>
      ))}
    </ul>
  );
}

function actorName({ actor }: CapChange): string {
  if (actor.name) return actor.name;
  if (actor.type === "USER") return "somebody with the master key";
  return actor.type === "API_KEY" ? "a key that is gone" : actor.id;
}
