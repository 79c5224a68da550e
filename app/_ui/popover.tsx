"use client";

import { usePathname } from "next/navigation";
import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";
import { cn } from "./cn.ts";

/** The button that opens a popover; the browser closes it by itself on Escape and on a click elsewhere. */
export function PopoverButton({ opens, ...props }: ComponentProps<"button"> & { opens: string }) {
  return <button {...props} type="button" popoverTarget={opens} />;
}

type PopoverProps = { id: string; label: string; className: string; children: ReactNode };

/** What a button opens beside it. @param className where it is: `right-2 top-14` */
export function Popover({ id, label, className, children }: PopoverProps) {
  const element = useRef<HTMLElement>(null);
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was opened on one page does not stand open on the next
  useEffect(() => {
    if (element.current?.matches(":popover-open")) element.current.hidePopover();
  }, [path]);
  return (
    <section
      ref={element}
      id={id}
      popover="auto"
      aria-label={label}
      className={cn(
        "animate-fade fixed inset-auto m-0 min-w-56 rounded-lg border border-line bg-surface p-2 text-ink shadow-xl",
        className,
      )}
    >
      {children}
    </section>
  );
}
