"use client";

import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { useFocusReturn } from "./focus-return.ts";
import type { OverlayProps } from "./overlay.tsx";
import "./style-nonce.ts";

/** A dialog that is open as it appears. */
export function OpenOverlay(props: Omit<OverlayProps, "open"> & { className: string }) {
  const { onOpenChange, title, description, children, sticky = false, className } = props;
  const focusReturn = useFocusReturn();
  const keepOpen = (event: Event) => {
    if (sticky) event.preventDefault();
  };
  // Whoever opens a form wants to write, not to close it again.
  const enter = (event: Event) => {
    const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>("input, textarea, select");
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  return (
    <Dialog.Root open onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-fade fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          className={cn("fixed z-50 flex flex-col gap-4 border-line bg-surface p-5 shadow-xl outline-none", className)}
          onEscapeKeyDown={keepOpen}
          onInteractOutside={keepOpen}
          onOpenAutoFocus={(event) => {
            focusReturn.onOpenAutoFocus();
            enter(event);
          }}
          onCloseAutoFocus={focusReturn.onCloseAutoFocus}
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
