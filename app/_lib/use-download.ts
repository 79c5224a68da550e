"use client";

import { useEffect, useRef, useState } from "react";
import type { ErrorView } from "#server/trpc/errors.ts";
import { type Download, DownloadError, download, type Progress } from "./download.ts";
import { errorOf } from "./errors.ts";

const SHOW_MS = 100;

export type DownloadState =
  | { phase: "idle" }
  | ({ phase: "running" } & Progress)
  | { phase: "saved"; records: number }
  | { phase: "failed"; error: ErrorView };

/** One download at a time, which ends with the page that shows it. */
export function useDownload() {
  const [state, setState] = useState<DownloadState>({ phase: "idle" });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start(file: Download): Promise<void> {
    const stop = new AbortController();
    running.current = stop;
    setState({ phase: "running", records: 0, share: null });
    let shown = 0;
    try {
      const records = await download(file, stop.signal, (progress) => {
        if (Date.now() - shown < SHOW_MS) return;
        shown = Date.now();
        setState({ phase: "running", ...progress });
      });
      setState({ phase: "saved", records });
    } catch (error) {
      if (stop.signal.aborted) return setState({ phase: "idle" });
      setState({ phase: "failed", error: error instanceof DownloadError ? error.view : errorOf(error) });
    }
  }

  return { state, start: (file: Download) => void start(file), cancel: () => running.current?.abort() };
}
