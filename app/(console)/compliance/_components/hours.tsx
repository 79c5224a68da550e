"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { type FormEvent, useId } from "react";
import type { StateHours } from "#server/domain/phone/hours/by-state.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { Time, useTimeZone } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Segmented } from "../../../_ui/segmented.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { instantOf, TimeField } from "../../_components/time-field.tsx";
import { complianceView, hoursInput } from "./compliance-view.ts";
import { HoursMap } from "./hours-map.tsx";
import { HoursTable } from "./hours-table.tsx";
import { OwnHours } from "./own-hours.tsx";
import { standingOf } from "./standing.ts";
import { StateDetail } from "./state-detail.tsx";
import { stateName } from "./states.ts";
import { useFollowed } from "./use-changed.ts";

const CHANNELS = [
  { value: "voice", text: "Calls" },
  { value: "sms", text: "Texts" },
] as const;
const FORMS = [
  { value: "map", text: "Map" },
  { value: "table", text: "Table" },
] as const;
const MINUTE_MS = 60_000;

/** Which states may be called or texted, now or at any instant, and the organisation's own hours. */
export function Hours() {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates(complianceView, { history: "push" });
  const { at, channel, show } = view;
  const hours = useQuery(
    trpc.compliance.hours.queryOptions(hoursInput(view), {
      placeholderData: keepPreviousData,
      refetchInterval: at === null ? MINUTE_MS : false,
    }),
  );
  useFollowed();
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented label="Channel" value={channel} options={CHANNELS} onChange={(next) => setView({ channel: next })} />
        <Segmented label="Form" value={show} options={FORMS} onChange={(next) => setView({ show: next })} />
        <InstantForm at={at} onChange={(next) => setView({ at: next })} />
      </div>
      {hours.isError ? <ErrorNote error={errorOf(hours.error)} onRetry={() => hours.refetch()} /> : null}
      {hours.isPending ? <SkeletonRows rows={9} what="calling hours" /> : null}
      {hours.data ? <Shown at={hours.data.at} states={hours.data.states} /> : null}
      <OwnHours />
    </>
  );
}

function InstantForm({ at, onChange }: { at: string | null; onChange: (at: string | null) => void }) {
  const zone = useTimeZone();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange(instantOf(new FormData(event.currentTarget).get("at"), zone));
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 md:ml-auto">
      <TimeField label="At" name="at" instant={at} />
      <Button type="submit" size="sm">
        Look
      </Button>
      {at === null ? null : (
        <Button size="sm" variant="ghost" onClick={() => onChange(null)}>
          Now
        </Button>
      )}
    </form>
  );
}

function Shown({ at, states }: { at: string; states: StateHours[] }) {
  const [{ channel, show, state: chosen }, setView] = useQueryStates(complianceView, { history: "push" });
  const id = useId();
  const open = states.filter((state) => standingOf(state).kind === "open").length;
  const detail = states.find(({ state }) => state === chosen);
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-1 font-semibold">
        <Time at={at} format="short" />: {open} of {states.length} states and territories may be{" "}
        {channel === "voice" ? "called" : "texted"}
      </h2>
      <p className="mb-3 max-w-3xl text-[0.8125rem] text-muted">
        The hours are those of the called person, by the law of the state and your own rules. A number counts in the
        zone of its exchange; where that is unknown, or the number was taken along, every zone it may be in must be
        open.
      </p>
      {show === "table" ? (
        <HoursTable states={states} />
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <HoursMap states={states} chosen={chosen} onChoose={(state) => setView({ state })} />
          <div aria-live="polite" className="min-w-0">
            {detail ? (
              <StateDetail name={stateName(detail.state)} state={detail} />
            ) : (
              <p className="rounded-lg border border-dashed border-line-strong/50 p-4 text-muted">
                Choose a state to see its clocks and its law.
              </p>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
