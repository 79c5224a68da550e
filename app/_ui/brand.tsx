import { cn } from "./cn.ts";

/** The mark and the name. */
export function Brand({ className }: { className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2 font-semibold tracking-tight", className)}>
      <svg viewBox="0 0 32 32" className="size-5" aria-hidden>
        <rect width="32" height="32" rx="7" className="fill-accent-fill" />
        <path
          d="M9 23 16 8l7 15M11.8 18.2h8.4"
          fill="none"
          className="stroke-accent-ink"
          strokeWidth="2.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Anima
    </span>
  );
}
