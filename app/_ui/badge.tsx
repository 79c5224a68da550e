import type { ReactNode } from "react";
import { cn } from "./cn.ts";

const TONES = {
  neutral: "bg-raised text-muted",
  good: "bg-accent-soft text-accent",
  bad: "bg-danger-soft text-danger",
  warn: "bg-warn-soft text-warn",
};

/** A short state in a word. */
export function Badge({ tone = "neutral", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span
      className={cn(
        "inline-flex h-5 items-center rounded px-1.5 font-mono text-[0.6875rem] font-medium uppercase tracking-wide",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
