"use client";

import { useQuery } from "@tanstack/react-query";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { lengthText } from "../../../../_lib/numbers.ts";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { Badge } from "../../../../_ui/badge.tsx";
import { ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { Panel } from "../../../overview/_components/panel.tsx";
import { Fact } from "./fact.tsx";

/** What a call came to, counted by plain rules. */
export function Summary({ call }: { call: CallFacts }) {
  const trpc = useTRPC();
  const summary = useQuery(trpc.calls.summary.queryOptions({ id: call.id }));
  return (
    <Panel title="Summary">
      {summary.isPending ? <SkeletonRows rows={2} what="the summary" /> : null}
      {summary.isError ? <ErrorNote error={errorOf(summary.error)} onRetry={() => summary.refetch()} /> : null}
      {summary.data ? (
        <div className="grid gap-3 rounded-lg border border-line bg-surface p-4">
          <p>{summary.data.narrative}</p>
          {summary.data.asksToStop.map((text) => (
            <p key={text} className="rounded-md border border-warn/40 bg-warn-soft p-3 text-[0.8125rem]">
              This may mean that they do not want to be called: “{text}”
            </p>
          ))}
          <dl className="grid gap-2">
            <Fact name="Talked">{lengthText(summary.data.durationSeconds)}</Fact>
            <Fact name="Turns">{summary.data.turns}</Fact>
            {summary.data.topics.length > 0 ? (
              <Fact name="Said often">
                {summary.data.topics.map((topic) => (
                  <Badge key={topic}>{topic}</Badge>
                ))}
              </Fact>
            ) : null}
          </dl>
          <p className="text-[0.8125rem] text-muted">Counted from the transcript; no model has read it.</p>
        </div>
      ) : null}
    </Panel>
  );
}
