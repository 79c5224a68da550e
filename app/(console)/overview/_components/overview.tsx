"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { AgentsInNeed } from "./agents-in-need.tsx";
import { LastHours } from "./last-hours.tsx";
import { NotConfigured } from "./not-configured.tsx";
import { Start } from "./start.tsx";
import { ThisMonth } from "./this-month.tsx";

/** The first page: three steps for a new organisation, what happened and what is to be done for any other. */
export function Overview() {
  const trpc = useTRPC();
  // Read once: whoever takes the steps sees them to the end, though the organisation is no longer new after the second.
  const start = useQuery(trpc.overview.start.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const [isDone, setDone] = useState(false);
  if (start.isPending) return <Loading />;
  if (start.isError) {
    return (
      <>
        <PageHead title="Overview" />
        <ErrorNote error={errorOf(start.error)} onRetry={() => start.refetch()} />
      </>
    );
  }
  if (!start.data.hasSent && !isDone) return <Start onDone={() => setDone(true)} />;
  return (
    <>
      <LastHours />
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <AgentsInNeed />
        <div className="grid gap-6">
          <ThisMonth />
          <NotConfigured />
        </div>
      </div>
    </>
  );
}

function Loading() {
  return (
    <>
      <PageHead title="Overview" />
      <SkeletonRows rows={4} what="the overview" />
    </>
  );
}
