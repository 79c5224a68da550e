"use client";

import { lazy, type ReactNode, Suspense } from "react";
import { patient } from "../_lib/reachability.ts";

// Fetched when the first dialog opens: a page that is only read does not need it.
export const loadOverlay = () => import("./open-overlay.tsx");
const OpenOverlay = lazy(patient(() => loadOverlay().then((module) => ({ default: module.OpenOverlay }))));

export type OverlayProps = {
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

function Overlay({ open, ...props }: OverlayProps & { className: string }) {
  if (!open) return null;
  return (
    <Suspense>
      <OpenOverlay {...props} />
    </Suspense>
  );
}
