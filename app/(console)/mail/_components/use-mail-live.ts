"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useEvents } from "../../../_lib/live.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";

// Many mails may come at once; the lists are then read once for all of them.
const GATHER_MS = 300;

/** Keeps the page true while mail arrives, leaves and is labelled, here or elsewhere. */
export function useMailLive(): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const changed = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => () => void (timer.current && clearTimeout(timer.current)), []);

  const refresh = () => {
    timer.current = null;
    for (const id of changed.current) void queryClient.invalidateQueries(trpc.mail.read.queryFilter({ id }));
    changed.current.clear();
    for (const list of [trpc.mail.list, trpc.mail.overview, trpc.mail.thread]) {
      void queryClient.invalidateQueries(list.pathFilter());
    }
  };

  useEvents((event) => {
    if (event.channel === "agent") void queryClient.invalidateQueries(trpc.agents.pathFilter());
    if (event.channel !== "email") return;
    if (event.resourceId) changed.current.add(event.resourceId);
    timer.current ??= setTimeout(refresh, GATHER_MS);
  });
}
