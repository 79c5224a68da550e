"use client";

// biome-ignore lint/style/noRestrictedImports: this is what everything else uses instead
import NextLink from "next/link";
import { type ComponentProps, useRef, useState } from "react";
import { isReachable } from "../_lib/reachability.ts";

const DWELL_MS = 60;

type Taken = "onNavigate" | "prefetch" | "onFocus" | "onTouchStart" | "onMouseEnter" | "onMouseLeave";

/**
 * A link to a page of ours, which is fetched when somebody is about to follow it: the pointer rests on it, or the focus
 * does. Next's own would ask the server for every link in sight, hundreds in a table. While the server is away it leads
 * nowhere, as useGo does.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, Taken>) {
  const [wanted, setWanted] = useState(false);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const want = () => setWanted(true);
  return (
    <NextLink
      {...props}
      prefetch={wanted}
      onNavigate={(event) => {
        if (!isReachable()) event.preventDefault();
      }}
      onFocus={want}
      onTouchStart={want}
      onMouseEnter={() => {
        resting.current = setTimeout(want, DWELL_MS);
      }}
      onMouseLeave={() => clearTimeout(resting.current)}
    />
  );
}
