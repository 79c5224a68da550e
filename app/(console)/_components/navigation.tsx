"use client";

import { Activity, BookOpen, Bot, ListTree, type LucideIcon, Send } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "../../_ui/cn.ts";

type Place = { href: string; name: string; short: string; icon: LucideIcon };

const PLACES: Place[] = [
  { href: "/agents", name: "Agents", short: "Agents", icon: Bot },
  { href: "/live", name: "Live activity", short: "Live", icon: Activity },
  { href: "/audit", name: "Audit", short: "Audit", icon: ListTree },
  { href: "/outbox", name: "Outbox", short: "Outbox", icon: Send },
  { href: "/docs", name: "Documentation", short: "Docs", icon: BookOpen },
];

/** Beside the page on a wide screen, above it on a narrow one. */
export function Navigation() {
  const path = usePathname();
  return (
    <nav aria-label="Console" className="-mx-1 w-full md:mx-0">
      <ul className="flex justify-between gap-1 md:flex-col md:gap-0.5">
        {PLACES.map(({ href, name, short, icon: Icon }) => {
          const here = path === href || path.startsWith(`${href}/`);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={here ? "page" : undefined}
                className={cn(
                  "flex items-center gap-2 border-b-2 border-transparent px-1.5 py-2 text-muted transition-colors hover:text-ink md:rounded-md md:border-b-0 md:px-2 md:py-1.5 md:hover:bg-raised",
                  here && "border-accent font-medium text-ink md:bg-raised",
                )}
              >
                <Icon className={cn("hidden size-4 shrink-0 md:block", here && "text-accent")} aria-hidden />
                <span className="md:hidden">{short}</span>
                <span className="hidden md:inline">{name}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
