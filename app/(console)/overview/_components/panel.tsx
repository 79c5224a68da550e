import { type ReactNode, useId } from "react";

/** A part of the page with its name and what leads on from it. */
export function Panel({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {action ? <div className="text-[0.8125rem]">{action}</div> : null}
      </div>
      {children}
    </section>
  );
}
