"use client";

import { useEffect, useRef, useState } from "react";
import type { ImportResult } from "#server/domain/phone/do-not-call/import.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { DownloadError } from "../../../_lib/download.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { type ImportProgress, sendList } from "./send-list.ts";

export type ImportState =
  | { phase: "idle" }
  | ImportProgress
  | { phase: "done"; result: ImportResult }
  | { phase: "failed"; error: ErrorView };

/** One import at a time, which ends with the page that shows it. */
export function useImport(onDone: () => void) {
  const [state, setState] = useState<ImportState>({ phase: "idle" });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start(file: Blob): Promise<void> {
    const stop = new AbortController();
    running.current = stop;
    setState({ phase: "sending", share: 0 });
    try {
      setState({ phase: "done", result: await sendList(file, stop.signal, setState) });
      onDone();
    } catch (error) {
      if (stop.signal.aborted) return setState({ phase: "idle" });
      setState({ phase: "failed", error: error instanceof DownloadError ? error.view : errorOf(error) });
    }
  }

  return { state, start: (file: Blob) => void start(file), cancel: () => running.current?.abort() };
}
