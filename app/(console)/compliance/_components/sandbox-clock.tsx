"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { Time, useTimeZone } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { type ClockView, isRealTime } from "../../_components/clock/real-time.ts";
import { instantOf, TimeField } from "../../_components/time-field.tsx";
import { useChanged } from "./use-changed.ts";

type Wanted = { now?: string | null; frozen?: boolean };

/** Sets the clock of a server whose carrier is the sandbox. */
export function SandboxClock() {
  const trpc = useTRPC();
  const clock = useQuery(trpc.compliance.clock.queryOptions());
  if (clock.isPending) return <SkeletonRows rows={3} what="the clock" />;
  if (clock.isError) return <ErrorNote error={errorOf(clock.error)} onRetry={() => clock.refetch()} />;

  const { now, realNow, frozen } = clock.data;
  const isReal = isRealTime(clock.data);
  return (
    <div className="grid max-w-2xl gap-5">
      <p className="rounded-md border border-warn/40 bg-warn-soft p-3 text-[0.8125rem]">
        <strong className="font-medium">This moves the time of the whole server, for every organisation on it.</strong>{" "}
        Sessions, keys and invitations end by it, limits are counted by it, and what is logged bears it. If it is set
        days ahead, everybody signs in again. It is there because the carrier is the sandbox: with a real one, there is
        only the real time.
      </p>
      <dl className="grid grid-cols-[9rem_minmax(0,1fr)] gap-y-2">
        <dt className="text-muted">The server's clock</dt>
        <dd className="flex flex-wrap items-center gap-2">
          <Time at={now} />
          <Badge tone={isReal ? "good" : "warn"}>{frozen ? "stands still" : isReal ? "real time" : "moved"}</Badge>
        </dd>
        <dt className="text-muted">The real time</dt>
        <dd>
          <Time at={realNow} />
        </dd>
      </dl>
      <SetClock clock={clock.data} />
    </div>
  );
}

function SetClock({ clock }: { clock: ClockView }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const zone = useTimeZone();
  // What the field proposes. The clock is read again now and then, and what was typed by then stays.
  const [proposed] = useState(clock.now);
  const set = useMutation(trpc.compliance.setClock.mutationOptions({ onSuccess: changed }));
  const isReal = isRealTime(clock);
  const { frozen } = clock;
  const error = set.isError ? errorOf(set.error) : null;
  const problem = fieldError(error, "now");
  const ask = (wanted: Wanted) => set.mutate(wanted);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const at = instantOf(fields.get("at"), zone);
    if (at !== null) ask({ now: at, frozen: fields.has("frozen") });
  };
  return (
    <form onSubmit={submit} className="grid gap-3 rounded-lg border border-line bg-surface p-4">
      <h2 className="font-semibold">Set it</h2>
      <TimeField label="To" name="at" instant={proposed} />
      <label className="flex items-center gap-2 text-[0.8125rem]">
        <input type="checkbox" name="frozen" className="size-4 accent-accent-fill" />
        and let it stand still there
      </label>
      {problem ? <p className="text-[0.8125rem] text-danger">The time {problem}</p> : null}
      {error && !problem ? <ErrorNote error={error} /> : null}
      <div className="flex flex-wrap gap-2">
        <WriteButton type="submit" variant="primary" disabled={set.isPending}>
          Set the clock
        </WriteButton>
        <WriteButton disabled={set.isPending} onClick={() => ask({ frozen: !frozen })}>
          {frozen ? "Let it go on from here" : "Freeze it now"}
        </WriteButton>
        {isReal ? null : (
          <WriteButton disabled={set.isPending} onClick={() => ask({ now: null })}>
            Back to the real time
          </WriteButton>
        )}
      </div>
    </form>
  );
}
