import { Sparkline } from "../../../_ui/sparkline.tsx";

/** How many events a second, over the last five minutes. */
export function RateLine({ rate }: { rate: (number | null)[] }) {
  const known = rate.filter((value) => value !== null);
  // The running five seconds are not over.
  const now = known.at(-2) ?? known.at(-1) ?? 0;
  const most = Math.max(0, ...known);
  return (
    <div className="flex items-center gap-2.5 text-[0.75rem] text-muted">
      <Sparkline
        values={rate}
        label={`Events a second over the last five minutes: now ${now.toFixed(1)}, at most ${most.toFixed(1)}`}
      />
      <span aria-hidden className="font-mono tabular-nums">
        {now.toFixed(1)}/s
      </span>
    </div>
  );
}
