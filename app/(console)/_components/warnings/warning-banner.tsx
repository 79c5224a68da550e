"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useState } from "react";
import type { Warned } from "#server/domain/billing/warned.ts";
import { setPreference } from "../../../_lib/preferences.ts";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Link } from "../../../_ui/link.tsx";
import { belongsTo, DISMISSED_COOKIE, shownWarnings, withDismissed } from "./dismissals.ts";

const MOST = 3;
// Most organisations have none most of the time.
const WarningLine = dynamic(patient(() => import("./warning-line.tsx").then((module) => module.WarningLine)));

type WarningBannerProps = { initial: { items: Warned[]; hasMore: boolean }; dismissed: string[] };

/** Which limits are being used up. Each threshold is said until it is dismissed; the next one is said anew. */
export function WarningBanner({ initial, dismissed: atFirst }: WarningBannerProps) {
  const trpc = useTRPC();
  const path = usePathname();
  const [dismissed, setDismissed] = useState(atFirst);
  const warnings = useQuery({ ...trpc.billing.warnings.queryOptions(), initialData: initial });
  useRefresh(trpc.billing.warnings.queryFilter(), ({ event }) => /^(billing\.|org\.plan)/.test(event));
  const shown = shownWarnings(warnings.data.items).filter(
    (warning) => belongsTo(warning, path) && !dismissed.includes(warning.key),
  );
  const dismiss = (key: string) => {
    const next = withDismissed(dismissed, key);
    setDismissed(next);
    setPreference(DISMISSED_COOKIE, next.join(","));
  };
  return (
    <div role="status" aria-label="Limits">
      {shown.slice(0, MOST).map((warning) => (
        <WarningLine key={warning.key} warning={warning} onDismiss={() => dismiss(warning.key)} />
      ))}
      {shown.length > MOST ? (
        <p className="border-line border-b bg-surface px-4 py-1.5 text-[0.8125rem] text-muted md:px-8">
          {shown.length - MOST}
          {warnings.data.hasMore ? " or more" : ""} other limits are being used up: see{" "}
          <Link href="/caps" className="underline underline-offset-2">
            Caps
          </Link>
          .
        </p>
      ) : null}
    </div>
  );
}
