"use client";

import { CHANNELS, RESULTS } from "#server/audit/vocabulary.ts";
import { Choice } from "../../../_ui/choice.tsx";
import { AgentPicker } from "./agent-picker.tsx";
import type { EventSearch } from "./search.ts";

const ANY = "any";
const channels = [[ANY, "Any channel"], ...CHANNELS.map((channel) => [channel, channel] as const)] as const;
const results = [[ANY, "Any result"], ...RESULTS.map((result) => [result, result.toLowerCase()] as const)] as const;

type Change = (change: Partial<EventSearch>) => void;

/** Narrows by agent, channel and result. */
export function EventChoices({ search, onChange }: { search: EventSearch; onChange: Change }) {
  return (
    <>
      <AgentPicker agent={search.agent} onChoose={(agent) => onChange({ agent })} />
      <Choice
        label="Channel"
        value={search.channel ?? ANY}
        options={channels}
        onChoose={(channel) => onChange({ channel: channel === ANY ? null : channel })}
      />
      <Choice
        label="Result"
        value={search.result ?? ANY}
        options={results}
        onChoose={(result) => onChange({ result: result === ANY ? null : result })}
      />
    </>
  );
}
