"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";

/** What is to be read again after something here was changed: all of it, since one number is in several lists. */
export function useChanged(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries(trpc.compliance.pathFilter());
}

const CONCERNS =
  /^(voice\.(consent|do_not_call|rules|sandbox_clock)\.|voice\.(opted_|call\.(stop_|refused))|sms\.(opted_|stop_|refused))/;

/** Keeps the page true while others change what it shows, by the log. */
export function useFollowed(): void {
  const trpc = useTRPC();
  useRefresh(trpc.compliance.pathFilter(), ({ event }) => CONCERNS.test(event));
}
