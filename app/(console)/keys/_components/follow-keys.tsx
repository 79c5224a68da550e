"use client";

import { useEffect, useRef } from "react";
import { useEvents } from "../../../_lib/live.tsx";
import { useKeysChanged } from "./use-keys-changed.ts";

const SETTLED_MS = 250;
const CHANGES = /^key\.(created|updated|rotated|revoked)$|^agent\.(created|deleted|updated)$/;

/** Keeps lists of keys true, by the log. @param agentId only for what happens to this agent's */
export function FollowKeys({ agentId }: { agentId?: string | undefined }) {
  const changed = useKeysChanged();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEvents((event) => {
    if (event.result !== "SUCCESS" || !CHANGES.test(event.event)) return;
    if (agentId !== undefined && event.agentId !== agentId) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void changed(), SETTLED_MS);
  });
  return null;
}
