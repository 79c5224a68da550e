"use client";

import { useState } from "react";
import { CAP_METERS } from "#server/domain/billing/meters.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useWriteRefusal } from "../../../_lib/write-access.ts";
import { Button } from "../../../_ui/button.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Switch } from "../../../_ui/switch.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { LimitField, limitText, limitValue } from "./limit-field.tsx";
import { type Now, ReachNote } from "./reach-note.tsx";
import { useChangeCaps } from "./use-caps.ts";

type Draft = { enabled?: boolean; monthly?: string | null };

/** What holds for every channel: whether caps are enforced at all, and the money a month of those without their own. */
export function AllChannels({ agentId, cap, now }: { agentId: string | null; cap: HardCap; now: Now }) {
  const [draft, setDraft] = useState<Draft>({});
  const refusal = useWriteRefusal();
  const change = useChangeCaps(agentId);
  const enabled = draft.enabled ?? cap.enabled;
  const text = draft.monthly === undefined ? limitText(cap.monthlyCapCents, true) : draft.monthly;
  const monthly = limitValue(text, true);
  const isUnreadable = Number.isNaN(monthly);
  const isChanged = enabled !== cap.enabled || monthly !== cap.monthlyCapCents;
  const edit = (next: Draft) => {
    change.reset();
    setDraft({ ...draft, ...next });
  };
  const problem = change.error ? errorOf(change.error) : null;
  const atField = isUnreadable ? "must be a number." : fieldError(problem, "monthlyCapCents");
  const inheriting = CAP_METERS.filter((channel) => cap.meters[channel].capCents === null);
  // It is the cap of each: what matters is the one that is nearest to it.
  const nearest = inheriting.toSorted((a, b) => cap.usage[b].month.usedMicros - cap.usage[a].month.usedMicros)[0];
  const state = cap.usage[nearest ?? "email"];
  return (
    <form
      aria-label="All channels"
      className="rounded-lg border border-line bg-surface"
      onSubmit={(event) => {
        event.preventDefault();
        if (isUnreadable || !isChanged) return;
        const patch = {
          ...(enabled === cap.enabled ? {} : { enabled }),
          ...(monthly === cap.monthlyCapCents ? {} : { monthlyCapCents: monthly }),
        };
        change.mutate(patch, { onSuccess: () => setDraft({}) });
      }}
    >
      <div className="flex flex-wrap items-center justify-between gap-3 border-line border-b px-4 py-3">
        <Switch
          label={agentId === null ? "Enforce the organisation's caps" : "Enforce this agent's caps"}
          checked={enabled}
          disabled={refusal !== null}
          onChange={(next) => edit({ enabled: next })}
        />
        <p className="text-[0.8125rem] text-muted">
          {enabled ? "Requests beyond a cap are refused." : "No cap is enforced. What the plan allows still is."}
        </p>
      </div>
      <LimitField
        name="Money a month, of each channel without its own"
        isMoney
        text={text}
        onChange={(next) => edit({ monthly: next })}
        used={state.month.usedMicros}
        reserved={state.month.reservedCents * 10_000}
        readOnly={refusal !== null}
        error={atField}
      >
        {inheriting.length === 0 ? (
          "every channel has its own"
        ) : (
          <ReachNote
            text={text}
            isMoney
            period="month"
            used={state.month.usedMicros}
            usedToday={state.day.usedMicros}
            dayEnds={state.day.resetsAt}
            monthEnds={state.month.resetsAt}
            refuses={enabled}
            now={now}
          />
        )}
      </LimitField>
      {problem && !atField ? (
        <div className="px-4 pb-3">
          <p className="mb-1 font-medium">The caps were not changed.</p>
          <ErrorNote error={problem} />
        </div>
      ) : null}
      {isChanged || change.isPending ? (
        <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-4 py-3">
          <Button onClick={() => setDraft({})}>Undo changes</Button>
          <WriteButton type="submit" variant="primary" disabled={change.isPending || isUnreadable}>
            Save
          </WriteButton>
        </div>
      ) : null}
    </form>
  );
}
