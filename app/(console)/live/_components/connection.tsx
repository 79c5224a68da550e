import type { LiveState } from "../../../_lib/live.tsx";
import { cn } from "../../../_ui/cn.ts";

const HINTS: Record<LiveState, string> = {
  connecting: "The connection to the server is being made.",
  live: "What happens is shown the moment it is logged.",
  reconnecting: "The server does not answer; it is tried again, and nothing will be missed.",
  behind: "What happened meanwhile is being read.",
};

/** Whether what is shown is how it is at this moment. */
export function Connection({ state }: { state: LiveState }) {
  return (
    <span
      role="status"
      data-state={state}
      title={HINTS[state]}
      className="inline-flex items-center gap-2 rounded-full border border-line bg-surface px-2.5 py-1 font-mono text-[0.75rem]"
    >
      <span
        aria-hidden
        className={cn("size-2 rounded-full", state === "live" ? "bg-accent" : "motion-safe:animate-pulse bg-warn")}
      />
      {state}
    </span>
  );
}
