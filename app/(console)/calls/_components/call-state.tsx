import type { Call } from "#server/domain/calls/schemas.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { isRunning, STATE_WORDS } from "./call-words.ts";

const TONES: Partial<Record<Call["state"], "good" | "warn" | "bad">> = {
  queued: "good",
  ringing: "good",
  active: "good",
  no_answer: "warn",
  busy: "warn",
  failed: "bad",
};

/** The state of a call; one that runs has a beating dot. */
export function CallState({ call }: { call: Pick<Call, "state" | "endedAt"> }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {isRunning(call) ? (
        <span aria-hidden className="size-1.5 rounded-full bg-accent motion-safe:animate-pulse" />
      ) : null}
      <Badge tone={TONES[call.state] ?? "neutral"}>{STATE_WORDS[call.state]}</Badge>
    </span>
  );
}
