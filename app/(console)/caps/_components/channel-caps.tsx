"use client";

import { useState } from "react";
import { type CapMeter, capOf, OFFERED_METERS } from "#server/domain/billing/meters.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import { errorOf, fieldError } from "../../../_lib/errors.ts";
import { useWriteRefusal } from "../../../_lib/write-access.ts";
import { Button } from "../../../_ui/button.tsx";
import { Segmented } from "../../../_ui/segmented.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { Switch } from "../../../_ui/switch.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import {
  isMoney,
  LIMITS,
  type LimitName,
  limitOf,
  limitPatch,
  type MeterPatch,
  mergePatch,
  periodOf,
} from "./cap-settings.ts";
import { CHANNEL_NAMES, UNIT_NAMES } from "./caps-view.ts";
import { LimitField, limitText, limitValue } from "./limit-field.tsx";
import { type Now, ReachNote } from "./reach-note.tsx";
import { useChangeCaps } from "./use-caps.ts";

const MODES = [
  { value: "block", text: "Block" },
  { value: "alert-only", text: "Alert only" },
] as const;

/** What was changed and is not saved; limits as they are typed. */
type Draft = { enabled?: boolean; mode?: "block" | "alert-only"; limits: Partial<Record<LimitName, string | null>> };
const NOTHING: Draft = { limits: {} };

type ChannelCapsProps = { agentId: string | null; channel: CapMeter; cap: HardCap; now: Now };

/** The caps of one channel: whether they hold, what they do, and the four limits. */
export function ChannelCaps({ agentId, channel, cap, now }: ChannelCapsProps) {
  const [draft, setDraft] = useState<Draft>(NOTHING);
  const refusal = useWriteRefusal();
  const change = useChangeCaps(agentId);
  const saved = cap.meters[channel];
  const { enabled = saved.enabled, mode = saved.mode } = draft;
  const edit = (next: Partial<Draft>) => {
    change.reset();
    setDraft({ ...draft, ...next, limits: { ...draft.limits, ...next.limits } });
  };
  const textOf = (name: LimitName) => {
    const typed = draft.limits[name];
    return typed === undefined ? limitText(limitOf(saved, name), isMoney(name)) : typed;
  };
  const patch = patchOf(draft, saved);
  const isChanged = Object.keys(patch).length > 0;
  const problem = change.error ? errorOf(change.error) : null;
  const unreadable = LIMITS.find((name) => Number.isNaN(limitValue(textOf(name), isMoney(name))));
  const errorAt = (name: LimitName) =>
    name === unreadable ? "must be a number." : fieldError(problem, `meters.${channel}.${name}`);
  const isShownAtField = LIMITS.some((name) => errorAt(name));
  const state = cap.usage[channel];
  const isOffered = OFFERED_METERS.some((meter) => capOf(meter)?.cap === channel);
  const units = UNIT_NAMES[channel].replace(/^./, (letter) => letter.toUpperCase());
  const limitNames: Record<LimitName, string> = {
    capCents: "Money a month",
    capUnits: `${units} a month`,
    "daily.capCents": "Money a day",
    "daily.capUnits": `${units} a day`,
  };
  return (
    <form
      aria-label={`${CHANNEL_NAMES[channel]} caps`}
      className="min-w-0 rounded-lg border border-line bg-surface"
      onSubmit={(event) => {
        event.preventDefault();
        if (unreadable === undefined && isChanged) {
          change.mutate({ meters: { [channel]: patch } }, { onSuccess: () => setDraft(NOTHING) });
        }
      }}
    >
      <div className="flex flex-wrap items-center justify-between gap-3 border-line border-b px-4 py-3">
        <Switch
          label={`Cap ${CHANNEL_NAMES[channel]}`}
          checked={enabled}
          disabled={refusal !== null}
          onChange={(next) => edit({ enabled: next })}
        />
        <fieldset disabled={refusal !== null} className="disabled:opacity-60">
          <legend className="sr-only">What happens at the cap</legend>
          <Segmented
            label="What happens at the cap"
            value={mode}
            onChange={(next) => edit({ mode: next })}
            options={MODES}
          />
        </fieldset>
      </div>
      <p className="px-4 pt-3 text-[0.8125rem] text-muted">
        {!cap.enabled || !enabled
          ? "Off: nothing of this is enforced or warned of. What the plan allows still is."
          : mode === "block"
            ? "Block: at the limit everything more is refused with 402, and nothing of it is sent."
            : "Alert only: at the limit everything still passes, and the owners are told."}
        {isOffered
          ? null
          : ` This server has no ${CHANNEL_NAMES[channel]} yet: the cap is kept, and holds from the first unit.`}
      </p>
      <div className="divide-y divide-line">
        {LIMITS.map((name) => {
          const { usedMicros, usedUnits, reservedCents } = state[periodOf(name)];
          const today = isMoney(name) ? state.day.usedMicros : state.day.usedUnits;
          const used = isMoney(name) ? usedMicros : usedUnits;
          return (
            <LimitField
              key={name}
              name={limitNames[name]}
              isMoney={isMoney(name)}
              text={textOf(name)}
              onChange={(text) => edit({ limits: { [name]: text } })}
              used={used}
              reserved={isMoney(name) ? reservedCents * 10_000 : 0}
              readOnly={refusal !== null}
              error={errorAt(name)}
            >
              {textOf(name) === null && name === "capCents" && cap.monthlyCapCents !== null ? (
                "as set for each channel"
              ) : (
                <ReachNote
                  text={textOf(name)}
                  isMoney={isMoney(name)}
                  period={periodOf(name)}
                  used={used}
                  usedToday={today}
                  dayEnds={state.day.resetsAt}
                  monthEnds={state.month.resetsAt}
                  refuses={mode === "block" && enabled && cap.enabled}
                  now={now}
                />
              )}
            </LimitField>
          );
        })}
      </div>
      {problem && !isShownAtField ? (
        <div className="px-4 pb-3">
          <p className="mb-1 font-medium">The caps were not changed.</p>
          <ErrorNote error={problem} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-4 py-3">
        {isChanged ? <Button onClick={() => setDraft(NOTHING)}>Undo changes</Button> : null}
        <WriteButton
          type="submit"
          variant="primary"
          disabled={change.isPending || !isChanged || unreadable !== undefined}
        >
          Save {CHANNEL_NAMES[channel]} caps
        </WriteButton>
      </div>
    </form>
  );
}

/** What of a draft differs from what is saved. */
function patchOf(draft: Draft, saved: HardCap["meters"][CapMeter]): MeterPatch {
  let patch: MeterPatch = {};
  if (draft.enabled !== undefined && draft.enabled !== saved.enabled) patch.enabled = draft.enabled;
  if (draft.mode !== undefined && draft.mode !== saved.mode) patch.mode = draft.mode;
  for (const [name, text] of Object.entries(draft.limits) as [LimitName, string | null][]) {
    const value = limitValue(text, isMoney(name));
    if (value !== limitOf(saved, name)) patch = mergePatch(patch, limitPatch(name, value));
  }
  return patch;
}
