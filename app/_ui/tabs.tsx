"use client";

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { cn } from "./cn.ts";

const STEPS: Record<string, (index: number, last: number) => number> = {
  ArrowRight: (index, last) => (index === last ? 0 : index + 1),
  ArrowLeft: (index, last) => (index === 0 ? last : index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

const PEEK_PX = 40;

/**
 * Parts of a page of which one is shown: the tabs pattern of the WAI-ARIA Authoring Practices, opened as they are reached.
 * Radix' tabs do the same for 10 kB of script, a twentieth of what a page may have.
 */
export function Tabs<Name extends string>(props: {
  label: string;
  tabs: readonly (readonly [name: Name, title: string])[];
  current: Name;
  onChange: (name: Name) => void;
  children: ReactNode;
}) {
  const { label, tabs, current, onChange, children } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.findIndex(([name]) => name === current);

  // Where not all have room, the open one is in sight, and a part of the next says that there are more.
  useEffect(() => {
    const row = list.current;
    const tab = row?.children[open];
    if (!row || !(tab instanceof HTMLElement)) return;
    const [left, right] = [tab.offsetLeft - PEEK_PX, tab.offsetLeft + tab.offsetWidth + PEEK_PX];
    if (left < row.scrollLeft) row.scrollLeft = left;
    else if (right > row.scrollLeft + row.clientWidth) row.scrollLeft = right - row.clientWidth;
  }, [open]);

  const step = (event: KeyboardEvent) => {
    const index = STEPS[event.key]?.(open, tabs.length - 1);
    const next = index === undefined ? undefined : tabs[index];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onChange(next[0]);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[index ?? 0]?.focus();
  };

  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={step}
        className="relative mb-4 flex gap-1 overflow-x-auto border-line border-b"
      >
        {tabs.map(([name, title]) => {
          const selected = name === current;
          return (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={selected}
              aria-controls={selected ? `${id}-panel` : undefined}
              tabIndex={selected ? 0 : -1}
              onClick={() => onChange(name)}
              className={cn(
                "-mb-px whitespace-nowrap border-b-2 px-3 py-2 hover:text-ink",
                selected ? "border-accent font-medium text-ink" : "border-transparent text-muted",
              )}
            >
              {title}
            </button>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the pattern wants a panel that can be reached */}
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`} tabIndex={0} className="rounded-md">
        {children}
      </div>
    </>
  );
}
