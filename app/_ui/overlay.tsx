"use client";

import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

type OverlayProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  children: ReactNode;
  /** A click beside it or Escape does not close it: what it shows is shown once. */
  sticky?: boolean;
};

/** Slides in from the right: for making things. */
export function Sheet(props: OverlayProps) {
  return (
    <Overlay
      {...props}
      className="animate-sheet inset-y-0 right-0 w-full max-w-md overflow-y-auto border-l sm:w-[28rem]"
    />
  );
}

/** In the middle: for questions. */
export function Modal(props: OverlayProps) {
  return (
    <Overlay
      {...props}
      className="animate-fade top-1/2 left-1/2 max-h-[90dvh] w-[calc(100%-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border"
    />
  );
}

function Overlay(props: OverlayProps & { className: string }) {
  const { open, onOpenChange, title, description, children, sticky = false, className } = props;
  const keepOpen = (event: Event) => {
    if (sticky) event.preventDefault();
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-fade fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          className={cn("fixed z-50 flex flex-col gap-4 border-line bg-surface p-5 shadow-xl outline-none", className)}
          onEscapeKeyDown={keepOpen}
          onInteractOutside={keepOpen}
        >
          <div className="flex items-start justify-between gap-4">
            <div>
              <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
              <Dialog.Description className="mt-1 text-muted">{description}</Dialog.Description>
            </div>
            {sticky ? null : (
              <Dialog.Close asChild>
                <Button variant="ghost" size="icon" aria-label="Close">
                  <X />
                </Button>
              </Dialog.Close>
            )}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
