"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** Whether this is a Mac, where Cmd takes the place of Ctrl; the server does not know and says no. */
function useIsMac(): boolean {
  return useSyncExternalStore(
    never,
    () => /mac|iphone|ipad/i.test(navigator.userAgent),
    () => false,
  );
}

/** Keys that are pressed one after the other. */
export function Kbd({ keys }: { keys: string[] }) {
  const isMac = useIsMac();
  const text = (key: string) =>
    key.startsWith("mod+") ? `${isMac ? "⌘" : "Ctrl"} ${key.slice(4).toUpperCase()}` : key;
  return (
    <span className="inline-flex items-center gap-1 text-muted">
      {keys.map((key, index) => (
        <span key={key} className="inline-flex items-center gap-1">
          {index > 0 ? <span className="text-[0.6875rem]">then</span> : null}
          <kbd className="min-w-5 rounded border border-line bg-raised px-1.5 py-px text-center font-mono text-[0.75rem] text-ink">
            {text(key)}
          </kbd>
        </span>
      ))}
    </span>
  );
}
