import type { DownloadState } from "../_lib/use-download.ts";
import { Button } from "./button.tsx";
import { ErrorNote } from "./states.tsx";

type DownloadProgressProps = {
  state: DownloadState;
  /** What is counted: "events". */
  what: string;
  /** What the share is of. */
  whole?: string;
  onCancel: () => void;
};

/** How far a download is, with a way to stop it; then what came of it. */
export function DownloadProgress({ state, what, whole = "the log", onCancel }: DownloadProgressProps) {
  if (state.phase === "failed") return <ErrorNote error={state.error} />;
  if (state.phase === "saved") {
    return (
      <p role="status" className="text-[0.8125rem]">
        Saved, complete: {state.records.toLocaleString("en")} {what}.
      </p>
    );
  }
  if (state.phase === "idle") return null;
  const share = state.share === null ? undefined : Math.floor(state.share * 100);
  return (
    <div className="flex flex-wrap items-center gap-2 text-[0.8125rem]">
      <progress
        aria-label={`Export of ${what}`}
        className="h-1.5 w-32 accent-accent-fill"
        max={100}
        {...(share === undefined ? {} : { value: share })}
      />
      <span className="tabular-nums">
        {state.records.toLocaleString("en")} {what}
        {share === undefined ? "" : `, ${share} % of ${whole}`}
      </span>
      <Button size="sm" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
