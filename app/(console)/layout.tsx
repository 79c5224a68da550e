import { cookies } from "next/headers";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { logSize } from "#server/audit/list.ts";
import { viewSession } from "#server/trpc/session-view.ts";
import { HOME } from "../_lib/home.ts";
import { LiveProvider } from "../_lib/live.tsx";
import { CurrencyProvider } from "../_lib/money.tsx";
import { pageContext, pageQueries, trpc } from "../_lib/server.tsx";
import { SessionProvider } from "../_lib/session.tsx";
import { ConsoleApi } from "../_lib/trpc.tsx";
import { Brand } from "../_ui/brand.tsx";
import { Link } from "../_ui/link.tsx";
import { ToastProvider } from "../_ui/toast.tsx";
import { ClockBanner } from "./_components/clock/clock-banner.tsx";
import { ConnectionBar } from "./_components/frame/connection-bar.tsx";
import { Keyboard } from "./_components/frame/keyboard.tsx";
import { PaletteButton } from "./_components/frame/palette-button.tsx";
import { SessionMenu } from "./_components/frame/session-menu.tsx";
import { BottomNavigation, SideNavigation } from "./_components/navigation.tsx";
import { NoRelayBanner } from "./_components/no-relay-banner.tsx";
import { StoppedBanner } from "./_components/stop/stopped-banner.tsx";
import { DISMISSED_COOKIE, readDismissed } from "./_components/warnings/dismissals.ts";
import { WarningBanner } from "./_components/warnings/warning-banner.tsx";

/** The frame of the signed-in pages. Each page asks for the session itself, so that it knows where to come back to. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { session, services } = await pageContext();
  if (!session) return children;
  const [size, warnings, clock, cookieStore] = await Promise.all([
    logSize(services.db.pool, session.principal.orgId),
    pageQueries().fetchQuery(trpc.billing.warnings.queryOptions()),
    services.carrier.name === "sandbox" ? pageQueries().fetchQuery(trpc.compliance.clock.queryOptions()) : null,
    cookies(),
  ]);
  const dismissed = readDismissed(cookieStore.get(DISMISSED_COOKIE)?.value);
  return (
    <ConsoleApi>
      <NuqsAdapter>
        <LiveProvider session={session.principal.sessionId} start={size - 1}>
          <SessionProvider initial={viewSession(session)}>
            <CurrencyProvider code={services.config.currency}>
              <ToastProvider>
                <Keyboard>
                  <a
                    href="#main"
                    className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
                  >
                    Skip to content
                  </a>
                  <div className="md:grid md:min-h-dvh md:grid-cols-[13rem_minmax(0,1fr)]">
                    <FrameHead orgName={session.orgName} />
                    <div className="min-w-0">
                      <ConnectionBar />
                      {clock ? <ClockBanner initial={clock} /> : null}
                      <StoppedBanner />
                      <WarningBanner initial={warnings} dismissed={dismissed} />
                      {services.config.relayUrl === null ? (
                        <NoRelayBanner mailDomain={services.config.mailDomain} />
                      ) : null}
                      <main
                        id="main"
                        tabIndex={-1}
                        className="mx-auto max-w-6xl px-4 pt-6 pb-24 outline-none md:px-8 md:pb-6"
                      >
                        {children}
                      </main>
                    </div>
                  </div>
                  <BottomNavigation />
                </Keyboard>
              </ToastProvider>
            </CurrencyProvider>
          </SessionProvider>
        </LiveProvider>
      </NuqsAdapter>
    </ConsoleApi>
  );
}

/** Whose console this is and where to go: beside the page on a wide screen, above it on a narrow one. */
function FrameHead({ orgName }: { orgName: string }) {
  return (
    <header className="flex items-center gap-1 border-line border-b bg-surface px-4 py-2 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:gap-3 md:border-r md:border-b-0 md:px-3 md:py-4">
      <div className="min-w-0 flex-1 md:flex-none md:px-2">
        <Link href={HOME} className="inline-block rounded">
          <Brand />
        </Link>
        <p className="truncate text-[0.8125rem] text-muted md:mt-1" title={orgName}>
          {orgName}
        </p>
      </div>
      <PaletteButton />
      <SideNavigation />
      <div className="md:mt-auto">
        <SessionMenu orgName={orgName} />
      </div>
    </header>
  );
}
