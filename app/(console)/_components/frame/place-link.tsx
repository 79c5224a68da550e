"use client";

// biome-ignore lint/style/noRestrictedImports: only the hook
import { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { isAt, type Place } from "./places.ts";

type PlaceLinkProps = { place: Place; className: string; hereClassName: string; children: ReactNode };

/** A link of the navigation. */
export function PlaceLink({ place, className, hereClassName, children }: PlaceLinkProps) {
  const here = isAt(usePathname(), place);
  return (
    <Link href={place.href} aria-current={here ? "page" : undefined} className={cn(className, here && hereClassName)}>
      {children}
      <Pending />
    </Link>
  );
}

/** Says that the page is on its way, where that takes long enough to wonder. */
function Pending() {
  const { pending } = useLinkStatus();
  return (
    <span
      aria-hidden
      className={cn(
        "ml-auto size-1.5 shrink-0 rounded-full bg-accent opacity-0 max-md:hidden",
        pending && "opacity-100 transition-opacity delay-200",
      )}
    />
  );
}
