"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { ErrorView } from "#server/trpc/errors.ts";
import { patient } from "../_lib/reachability.ts";

/** What a person is told in passing. */
export type ToastMessage = {
  text: string;
  tone?: "neutral" | "good" | "warn";
  /** What they can do about it at once: `{ label: "Undo", run: … }`. */
  action?: { label: string; run: () => void };
  /** What went wrong: it stays until it is closed, with its code and request id. */
  error?: ErrorView;
};

export type ShownToast = ToastMessage & { id: number };

// Most visits never see one.
const ToastList = dynamic(
  patient(() => import("./toast-list.tsx").then((module) => module.ToastList)),
  { ssr: false },
);

const ToastContext = createContext<(message: ToastMessage) => void>(() => {
  throw new TypeError("there is no ToastProvider above this component");
});

/** Shows a message in passing: `toast({ text: "Paused", action: { label: "Undo", run } })`. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext);
}

let lastId = 0;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[] | null>(null);
  const [show] = useState(() => (message: ToastMessage) => {
    lastId += 1;
    const shown = { ...message, id: lastId };
    setToasts((others) => [...(others ?? []), shown]);
  });
  const [close] = useState(
    () => (id: number) => setToasts((others) => others?.filter((toast) => toast.id !== id) ?? null),
  );
  return (
    <ToastContext value={show}>
      {children}
      {toasts ? <ToastList toasts={toasts} onClose={close} /> : null}
    </ToastContext>
  );
}
