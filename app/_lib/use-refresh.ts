"use client";

import { type QueryFilters, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { useEvents } from "./live.tsx";

const AT_MOST_EVERY_MS = 1_000;

/** Reads a query again soon after an event that concerns it: at once, then at most once a second. */
export function useRefresh(filter: QueryFilters, concerns: (event: AuditEvent) => boolean): void {
  const queryClient = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const due = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const refresh = () => {
    due.current = false;
    void queryClient.invalidateQueries(filter);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (due.current) refresh();
    }, AT_MOST_EVERY_MS);
  };
  useEvents((event) => {
    if (!concerns(event)) return;
    if (timer.current === undefined) refresh();
    else due.current = true;
  });
}
