"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import dynamic from "next/dynamic";
import { keywordOf } from "#server/domain/phone/law/words.ts";
import type { Conversation as Data } from "#server/domain/sms/conversation.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { Bubbles } from "./bubbles.tsx";
import { Standing } from "./standing.tsx";
import { TextForm } from "./text-form.tsx";
import { TextsLink } from "./texts-link.tsx";

const PlayOther = dynamic(patient(() => import("./play-other.tsx").then((module) => module.PlayOther)));

/** One conversation: how the other number stands, all texts, and the answer that somebody writes as the agent. */
export function Conversation({ id, isSandbox }: { id: string; isSandbox: boolean }) {
  const trpc = useTRPC();
  const thread = useQuery(trpc.texts.thread.queryOptions({ id }));
  return (
    <section aria-label="Conversation" className="min-w-0">
      <TextsLink
        to={{ thread: null }}
        className="mb-2 inline-flex items-center gap-1 rounded text-muted hover:text-ink lg:hidden"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Back to the list
      </TextsLink>
      {thread.isPending ? <SkeletonRows rows={6} what="the conversation" /> : null}
      {thread.isError ? <ErrorNote error={errorOf(thread.error)} onRetry={() => thread.refetch()} /> : null}
      {thread.data ? <Loaded thread={thread.data} isSandbox={isSandbox} /> : null}
    </section>
  );
}

function Loaded({ thread, isSandbox }: { thread: Data; isSandbox: boolean }) {
  const nameOf = useAgentNames();
  const { agentId, ours, theirs, texts, messageCount, isOursHeld } = thread;
  const missing = messageCount - texts.length;
  // A STOP asks for nothing but to be left alone.
  const wroteThemselves = texts.some(({ direction, body }) => direction === "INBOUND" && keywordOf(body) === null);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div>
        <h2 className="flex items-center gap-1 text-base font-semibold">
          <Copyable text={theirs.phoneNumber} shown={theirs.display} what="their number" />
        </h2>
        <p className="text-[0.8125rem] text-muted">
          with{" "}
          <Link href={`/agents/${agentId}`} className="underline underline-offset-2">
            {nameOf(agentId)}
          </Link>{" "}
          at <span className="font-mono">{ours.display}</span>
          {missing > 0 ? `; the newest ${texts.length} of ${messageCount} texts` : ""}
        </p>
      </div>
      <Standing thread={thread} />
      <Bubbles texts={texts} />
      {isOursHeld ? (
        <TextForm
          label="Reply"
          from={{ agentId, phoneNumber: ours.phoneNumber }}
          to={theirs.phoneNumber}
          presetConsent={wroteThemselves ? "customer-initiated" : ""}
        />
      ) : (
        <p className="rounded-md bg-raised px-3 py-2 text-[0.8125rem]">
          {nameOf(agentId)} does not have {ours.display} any more, so nothing can be answered from it.
        </p>
      )}
      {isSandbox && isOursHeld ? <PlayOther from={theirs} to={ours} /> : null}
    </div>
  );
}
