"use client";

import { errorOf } from "../../../_lib/errors.ts";
import { useLiveState } from "../../../_lib/live.tsx";
import { numberText } from "../../../_lib/numbers.ts";
import { useTimeZone } from "../../../_lib/time.tsx";
import { BarChart } from "../../../_ui/chart.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { StopButton } from "../../_components/stop/stop-button.tsx";
import { countSeries, hoursOf, SERIES } from "./series.ts";
import { useHourCounts } from "./use-hour-counts.ts";

/** The last 24 hours as charts that fill while one looks at them. */
export function LastHours() {
  const timeZone = useTimeZone();
  const { counts, later } = useHourCounts();
  const hours = counts.data ? hoursOf(counts.data, later) : [];
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const labels = hours.map((hour) => `${clock.format(hour)}–${clock.format(hour + 3_600_000)}`);
  return (
    <>
      <PageHead
        title="Overview"
        action={
          <>
            <Interruption />
            <StopButton />
          </>
        }
      >
        What your agents did in the last 24 hours, hour by hour.
      </PageHead>
      {counts.isError && !counts.data ? (
        <ErrorNote error={errorOf(counts.error)} onRetry={() => counts.refetch()} />
      ) : null}
      {counts.isPending ? <SkeletonRows rows={3} what="the last hours" /> : null}
      {counts.data ? (
        <ul className="grid grid-cols-2 gap-3 lg:grid-cols-3">
          {SERIES.map((series) => {
            const values = countSeries(series, counts.data, later, hours);
            const total = values.reduce((sum, value) => sum + value, 0);
            return (
              <li key={series.name} className="min-w-0 rounded-lg border border-line bg-surface p-3 sm:p-4">
                <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-2">
                  <h2 className="text-muted">{series.name}</h2>
                  <p className="font-mono text-xl tabular-nums">{numberText(total)}</p>
                </div>
                <BarChart
                  label={`${series.name} by hour`}
                  unit="Hour"
                  bars={values.map((value, index) => ({ label: labels[index] ?? "", value }))}
                  tone={series.tone}
                  start={labels[0]?.split("–")[0]}
                  end="now"
                  empty="none"
                />
              </li>
            );
          })}
        </ul>
      ) : null}
    </>
  );
}

/** Says that the charts stand still, as long as they do. */
function Interruption() {
  const state = useLiveState();
  return (
    <p role="status" className="font-mono text-[0.75rem] text-warn empty:absolute">
      {state === "reconnecting" ? "The server does not answer: the charts wait." : ""}
    </p>
  );
}
