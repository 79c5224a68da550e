"use client";

import { onlineManager } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useLiveState } from "../../../_lib/live.tsx";
import { checkReachable } from "../../../_lib/reachability.ts";

type Connection = "there" | "offline" | "unreachable";

function useConnection(): Connection {
  return useSyncExternalStore<Connection>(
    (changed) => onlineManager.subscribe(changed),
    () => (onlineManager.isOnline() ? "there" : navigator.onLine ? "unreachable" : "offline"),
    () => "there",
  );
}

const WORDS = {
  offline: "This browser is offline. What you see may be old, and nothing can be changed until it is back.",
  unreachable:
    "The server does not answer. What you see may be old, and other pages open once it is back; it is tried again by itself.",
};

/** Says that the page has lost its server. The region is there before, so that it is announced. */
export function ConnectionBar() {
  const connection = useConnection();
  const live = useLiveState();
  useEffect(() => {
    if (live === "reconnecting") void checkReachable();
  }, [live]);
  return (
    <div aria-live="polite">
      {connection === "there" ? null : (
        <p className="flex items-start gap-2 border-line border-b bg-danger-soft px-4 py-2 text-[0.8125rem] md:px-8">
          <WifiOff className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
          {WORDS[connection]}
        </p>
      )}
    </div>
  );
}
