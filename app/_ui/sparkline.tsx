/**
 * A row of small bars. @param values oldest first; null where nothing is known
 *
 * @param label what it says in words, for those who do not see it
 */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const bars = values.map((value, index) => {
    if (!value) return "";
    const height = Math.max(1, (value / highest) * HEIGHT);
    return `M${index * STEP} ${HEIGHT}v${-height.toFixed(2)}h${STEP - 1}v${height.toFixed(2)}z`;
  });
  const known = values.findIndex((value) => value !== null);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * STEP} ${HEIGHT + 1}`}
      preserveAspectRatio="none"
      className="h-6 w-36"
    >
      <path d={bars.join("")} className="fill-accent" />
      {known >= 0 ? (
        <path d={`M${known * STEP} ${HEIGHT + 0.5}H${values.length * STEP}`} className="stroke-line-strong" />
      ) : null}
    </svg>
  );
}

const STEP = 3;
const HEIGHT = 24;
