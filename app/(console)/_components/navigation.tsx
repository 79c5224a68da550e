"use client";

import { Ellipsis } from "lucide-react";
import { cn } from "../../_ui/cn.ts";
import { Popover, PopoverButton } from "../../_ui/popover.tsx";
import { PlaceLink } from "./frame/place-link.tsx";
import { PLACE_GROUPS, PLACES, type Place } from "./frame/places.ts";

/** Beside the page on a wide screen. */
export function SideNavigation() {
  return (
    <nav aria-label="Console" className="hidden min-h-0 overflow-y-auto md:block">
      {PLACE_GROUPS.map(({ name, places }) => (
        <ul key={name} aria-label={name} className="grid gap-0.5 border-line py-2 not-first:border-t">
          {places.map((place) => (
            <li key={place.href}>
              <SideLink place={place} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

function SideLink({ place }: { place: Place }) {
  const { name, icon: Icon } = place;
  return (
    <PlaceLink
      place={place}
      className="group flex items-center gap-2 rounded-md px-2 py-1.5 text-muted transition-colors hover:bg-raised hover:text-ink"
      hereClassName="bg-raised font-medium text-ink"
    >
      <Icon className="size-4 shrink-0 group-aria-[current=page]:text-accent" aria-hidden />
      {name}
    </PlaceLink>
  );
}

const FIRST = 5;

/** Below the page on a narrow screen, where a thumb reaches: the first places, and a list of the others. */
export function BottomNavigation() {
  return (
    <nav
      aria-label="Console, narrow"
      className="fixed inset-x-0 bottom-0 z-30 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="grid grid-cols-6">
        {PLACES.slice(0, FIRST).map((place) => (
          <li key={place.href}>
            <PlaceLink place={place} className={TAB} hereClassName="font-medium text-ink [&_svg]:text-accent">
              <TabIcon icon={place.icon} />
              {place.short}
            </PlaceLink>
          </li>
        ))}
        <li>
          <PopoverButton opens="more-places" className={cn(TAB, "w-full")}>
            <TabIcon icon={Ellipsis} />
            More
          </PopoverButton>
          <Popover
            id="more-places"
            label="More pages"
            className="right-2 bottom-[calc(4rem+env(safe-area-inset-bottom))]"
          >
            <ul className="grid gap-0.5">
              {PLACES.slice(FIRST).map((place) => (
                <li key={place.href}>
                  <SideLink place={place} />
                </li>
              ))}
            </ul>
          </Popover>
        </li>
      </ul>
    </nav>
  );
}

const TAB = "flex h-14 flex-col items-center justify-center gap-0.5 text-[0.6875rem] text-muted";

function TabIcon({ icon: Icon }: { icon: Place["icon"] }) {
  return <Icon className="size-5" aria-hidden />;
}
