import type { ReactNode } from "react";
import { ConsoleApi } from "../_lib/trpc.tsx";
import { Brand } from "../_ui/brand.tsx";
import { Link } from "../_ui/link.tsx";
import { ThemeToggle } from "../_ui/theme-toggle.tsx";

/** The frame of the pages before the console: sign-in, one-time link, setup. */
export default function DoorLayout({ children }: { children: ReactNode }) {
  return (
    <ConsoleApi>
      <div className="grid min-h-dvh grid-rows-[auto_1fr_auto]">
        <header className="flex items-center justify-between p-4">
          <Brand />
          <ThemeToggle />
        </header>
        <main className="mx-auto grid w-full max-w-md content-center px-4 py-8">{children}</main>
        <footer className="flex justify-center gap-4 p-4 text-[0.8125rem] text-muted">
          <Link href="/docs" className="hover:text-ink">
            Documentation
          </Link>
          <Link href="/changelog" className="hover:text-ink">
            Changelog
          </Link>
        </footer>
      </div>
    </ConsoleApi>
  );
}
