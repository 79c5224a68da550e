import { cn } from "./cn.ts";

/** Text in monospace that scrolls sideways; also by keyboard. @param label says what it is */
export function CodeArea({ label, className, children }: { label: string; className?: string; children: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={cn("overflow-x-auto p-3 font-mono text-[0.8125rem] leading-relaxed", className)}
    >
      <pre className="font-mono">{children}</pre>
    </section>
  );
}
