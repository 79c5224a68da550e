import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { processRuntime } from "#server/process-runtime.ts";
import { THEME_COOKIE, themeOf } from "./_lib/theme.ts";
import { TimeZone } from "./_lib/time.tsx";
import { BROWSER_ZONE_COOKIE, ZONE_COOKIE, zoneOf } from "./_lib/time-zone.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Anima", template: "%s · Anima" },
  description: "Identity for AI agents: an e-mail inbox behind one API, on one log.",
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fafbfa" },
    { media: "(prefers-color-scheme: dark)", color: "#0b0d0c" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const preferences = await cookies();
  const { clock } = await processRuntime();
  const theme = themeOf(preferences.get(THEME_COOKIE)?.value);
  return (
    <html lang="en" {...(theme === "system" ? {} : { "data-theme": theme })}>
      <body className="min-h-dvh">
        <TimeZone
          chosen={zoneOf(preferences.get(ZONE_COOKIE)?.value)}
          known={zoneOf(preferences.get(BROWSER_ZONE_COOKIE)?.value)}
          drawnAt={clock.now().getTime()}
        >
          {children}
        </TimeZone>
      </body>
    </html>
  );
}
