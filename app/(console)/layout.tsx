import Link from "next/link";
import type { ReactNode } from "react";
import { pageContext } from "../_lib/server.tsx";
import { ConsoleApi } from "../_lib/trpc.tsx";
import { Brand } from "../_ui/brand.tsx";
import { ThemeToggle } from "../_ui/theme-toggle.tsx";
import { Navigation } from "./_components/navigation.tsx";
import { NoRelayBanner } from "./_components/no-relay-banner.tsx";
import { SignOut } from "./_components/sign-out.tsx";

/** The frame of the signed-in pages. Each page asks for the session itself, so that it knows where to come back to. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { session, services } = await pageContext();
  if (!session) return children;
  return (
    <ConsoleApi>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <div className="md:grid md:min-h-dvh md:grid-cols-[13rem_minmax(0,1fr)]">
        <header className="flex flex-wrap items-center gap-x-3 border-line border-b bg-surface px-4 pt-3 md:sticky md:top-0 md:h-dvh md:flex-col md:flex-nowrap md:items-stretch md:border-r md:border-b-0 md:px-3 md:py-4">
          <div className="min-w-0 flex-1 md:flex-none md:px-2 md:pb-4">
            <Link href="/agents" className="inline-block rounded">
              <Brand />
            </Link>
            <p className="truncate text-[0.8125rem] text-muted md:mt-1" title={session.orgName}>
              {session.orgName}
            </p>
          </div>
          <div className="flex items-center gap-1 md:order-last md:mt-auto md:justify-between">
            <SignOut />
            <ThemeToggle />
          </div>
          <Navigation />
        </header>
        <div className="min-w-0">
          {services.config.relayUrl === null ? <NoRelayBanner mailDomain={services.config.mailDomain} /> : null}
          <main id="main" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6 outline-none md:px-8">
            {children}
          </main>
        </div>
      </div>
    </ConsoleApi>
  );
}
