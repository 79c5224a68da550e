"use client";

import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { Toast } from "radix-ui";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { ErrorFacts } from "./states.tsx";
import type { ShownToast } from "./toast.tsx";

const READING_MS = 6_000;
const ACTING_MS = 10_000;

const LOOKS = {
  neutral: { icon: Info, color: "text-muted", border: "border-line" },
  good: { icon: CircleCheck, color: "text-accent", border: "border-line" },
  warn: { icon: TriangleAlert, color: "text-warn", border: "border-line" },
  bad: { icon: CircleAlert, color: "text-danger", border: "border-danger/40" },
};

/** The messages in a corner. Radix announces them, keeps them while the pointer or the focus is there, and F8 leads to them. */
export function ToastList({ toasts, onClose }: { toasts: ShownToast[]; onClose: (id: number) => void }) {
  return (
    <Toast.Provider label="Notification" swipeDirection="right">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} onClose={() => onClose(toast.id)} />
      ))}
      <Toast.Viewport className="fixed right-3 bottom-18 z-60 flex w-[calc(100%-1.5rem)] max-w-sm flex-col gap-2 outline-none md:right-4 md:bottom-4" />
    </Toast.Provider>
  );
}

function OneToast({ toast, onClose }: { toast: ShownToast; onClose: () => void }) {
  const { text, tone = "neutral", action, error } = toast;
  const { icon: Icon, color, border } = LOOKS[error ? "bad" : tone];
  const duration = error ? Number.POSITIVE_INFINITY : action ? ACTING_MS : READING_MS;
  return (
    <Toast.Root
      duration={duration}
      onOpenChange={(open) => !open && onClose()}
      className={cn("animate-fade flex items-start gap-2 rounded-lg border bg-surface p-3 shadow-xl", border)}
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", color)} aria-hidden />
      <div className="min-w-0 flex-1">
        <Toast.Title className="break-words font-medium">{text}</Toast.Title>
        {error ? (
          <Toast.Description asChild>
            <div className="mt-1">
              <p className="text-muted">{error.detail}</p>
              <ErrorFacts error={error} />
            </div>
          </Toast.Description>
        ) : null}
      </div>
      {action ? (
        <Toast.Action asChild altText={action.label}>
          <Button size="sm" onClick={action.run}>
            {action.label}
          </Button>
        </Toast.Action>
      ) : null}
      <Toast.Close asChild>
        <Button variant="ghost" size="sm" className="size-7 px-0" aria-label="Close the notification">
          <X />
        </Button>
      </Toast.Close>
    </Toast.Root>
  );
}
