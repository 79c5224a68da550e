import type { ReactNode } from "react";

type SectionProps = { id: string; title: string; line?: ReactNode; action?: ReactNode; children: ReactNode };

/** A part of the settings, which a link can lead to. */
export function Section({ id, title, line, action, children }: SectionProps) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="min-w-0 scroll-mt-4 rounded-lg border border-line bg-surface"
    >
      <div className="flex flex-wrap items-start justify-between gap-3 border-line border-b px-4 py-3">
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="font-semibold">
            {title}
          </h2>
          {line ? <p className="text-[0.8125rem] text-muted">{line}</p> : null}
        </div>
        {action}
      </div>
      <div className="divide-y divide-line">{children}</div>
    </section>
  );
}

/** One thing that can be set: what it is, how it stands, and what can be done about it. */
export function Row({ name, line, children }: { name: string; line?: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <h3 className="font-medium">{name}</h3>
        {line ? <div className="text-[0.8125rem] text-muted">{line}</div> : null}
      </div>
      {children}
    </div>
  );
}
