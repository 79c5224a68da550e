"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { HoldReason } from "#server/domain/email/deliver.ts";
import type { Message } from "#server/domain/messages/schemas.ts";
import { chainPath } from "../../_lib/chain-path.ts";
import { errorOf } from "../../_lib/errors.ts";
import { nextPage } from "../../_lib/paging.ts";
import { Time } from "../../_lib/time.tsx";
import { useTRPC } from "../../_lib/trpc.tsx";
import { ShowMore } from "../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../_ui/states.tsx";
import { PageHead } from "../_components/page-head.tsx";
import { useAgentNames } from "../_components/use-agent-names.ts";
import { OUTBOX } from "./_outbox-input.ts";

/** Mail that was accepted and has not left, and why. */
export function Outbox() {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const waiting = useInfiniteQuery(trpc.messages.outbox.infiniteQueryOptions(OUTBOX, nextPage));
  const messages = waiting.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title="Outbox">Mail that was accepted and has not left this server yet.</PageHead>
      {waiting.isPending ? <SkeletonRows rows={4} what="the outbox" /> : null}
      {waiting.isError ? <ErrorNote error={errorOf(waiting.error)} onRetry={() => waiting.refetch()} /> : null}
      {waiting.isSuccess && messages.length === 0 ? (
        <EmptyState title="Nothing waits">
          Every mail that was accepted has left, or was refused by the other side.
        </EmptyState>
      ) : null}
      {messages.length > 0 ? (
        <ul className="overflow-hidden rounded-lg border border-line bg-surface">
          {messages.map((message) => (
            <Waiting key={message.id} message={message} agentName={nameOf(message.agentId)} />
          ))}
        </ul>
      ) : null}
      <ShowMore pages={waiting} />
    </>
  );
}

const REASONS: Record<HoldReason, string> = {
  NO_RELAY: "No mail relay is configured.",
  AGENT_PAUSED: "The agent is paused.",
};

/** Why a mail waits: our own reason, or the words of the other server. */
function reasonOf(statusReason: string | null): string {
  if (statusReason === null) return "Waits for its turn.";
  return Object.hasOwn(REASONS, statusReason) ? REASONS[statusReason as HoldReason] : statusReason;
}

function Waiting({ message, agentName }: { message: Message; agentName: string }) {
  return (
    <li className="relative grid gap-x-4 gap-y-0.5 border-line border-b px-4 py-2.5 last:border-b-0 hover:bg-raised/60 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <Link
          href={chainPath(message.correlationId)}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {message.subject || "(no subject)"}
        </Link>
        <p className="truncate text-[0.8125rem] text-muted">
          {agentName} to <span className="font-mono">{message.toAddress}</span>
        </p>
      </div>
      <p className="truncate text-[0.8125rem] text-warn md:self-center">{reasonOf(message.statusReason)}</p>
      <p className="text-[0.8125rem] text-muted md:self-center">
        <Time at={message.createdAt} />
      </p>
    </li>
  );
}
