import { cn } from "./cn.ts";

/** How much of an allowance is used, as a bar. Its numbers stand beside it in words. */
export function Meter({ value, max }: { value: number; max: number }) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 1;
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      className="h-2 w-full overflow-hidden rounded-full bg-raised"
    >
      <rect
        width={share * 100}
        height="1"
        className={cn("motion-safe:transition-all", value > max ? "fill-warn" : "fill-accent-fill")}
      />
    </svg>
  );
}
