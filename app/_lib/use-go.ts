"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { isReachable } from "./reachability.ts";

/**
 * Goes to a page. While the server is away it stays: Next would leave for the browser's own error page, and with the
 * console goes what was typed, and what tells when the server is back.
 */
export function useGo(): (path: string) => void {
  const router = useRouter();
  return useCallback(
    (path) => {
      if (isReachable()) router.push(path);
    },
    [router],
  );
}
