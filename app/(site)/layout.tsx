import type { ReactNode } from "react";
import { HOME } from "../_lib/home.ts";
import { Brand } from "../_ui/brand.tsx";
import { Link } from "../_ui/link.tsx";
import { ThemeToggle } from "../_ui/theme-toggle.tsx";

const PLACES = [
  ["/docs", "Docs"],
  ["/docs/errors", "Errors"],
  ["/help/launch-day", "Launch day"],
  ["/changelog", "Changelog"],
] as const;

/** The frame of the pages that anybody may read. */
export default function SiteLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="border-line border-b bg-surface">
        <div className="mx-auto flex max-w-4xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-3">
          <Link href={HOME} aria-label="Anima: to the console" className="rounded">
            <Brand />
          </Link>
          <nav aria-label="Site" className="order-last w-full sm:order-none sm:w-auto sm:flex-1">
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {PLACES.map(([href, name]) => (
                <li key={href}>
                  <Link href={href} className="rounded text-muted hover:text-ink">
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div className="ml-auto sm:ml-0">
            <ThemeToggle />
          </div>
        </div>
      </header>
      <main className="mx-auto max-w-4xl px-4 py-8">{children}</main>
    </>
  );
}
