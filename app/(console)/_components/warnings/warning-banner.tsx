"use client";

import { useQuery } from "@tanstack/react-query";
import { Gauge, X } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import type { Warned } from "#server/domain/billing/warned.ts";
import { setPreference } from "../../../_lib/preferences.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { meterName } from "../meter-names.ts";
import { belongsTo, DISMISSED_COOKIE, type Shown, shownWarnings, withDismissed } from "./dismissals.ts";

const MOST = 3;
const CHANNELS: Record<string, string> = { email: "email", sms: "SMS", voice: "voice" };

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
        <Line key={warning.key} warning={warning} onDismiss={() => dismiss(warning.key)} />
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

function Line({ warning, onDismiss }: { warning: Shown; onDismiss: () => void }) {
  const { warned, level } = warning;
  const tone = warned.blocked ? "bg-danger-soft" : level >= 80 ? "bg-warn-soft" : "bg-surface";
  const icon = warned.blocked ? "text-danger" : level >= 80 ? "text-warn" : "text-muted";
  return (
    <div className={cn("flex items-start gap-2 border-line border-b px-4 py-1.5 text-[0.8125rem] md:px-8", tone)}>
      <Gauge className={cn("mt-1 size-4 shrink-0", icon)} aria-hidden />
      <p className="min-w-0 flex-1 py-0.5">
        <Words warned={warned} level={level} />
      </p>
      <Button
        variant="ghost"
        size="sm"
        className="size-6 shrink-0 px-0"
        aria-label={`Dismiss: ${nameOf(warned)} at ${level} %`}
        onClick={onDismiss}
      >
        <X />
      </Button>
    </div>
  );
}

function Words({ warned, level }: { warned: Warned; level: number }) {
  const { source, agentId, meter, period, resetsAt, percent, blocked, isStock } = warned;
  const link =
    source === "plan" ? (
      <Link href="/billing" className="underline underline-offset-2">
        Plans
      </Link>
    ) : (
      <Link
        href={agentId === null ? `/caps?channel=${meter}` : `/caps?agent=${agentId}&channel=${meter}`}
        className="underline underline-offset-2"
      >
        Its cap
      </Link>
    );
  if (isStock) {
    return (
      <>
        <strong className="font-medium">The plan's storage: {percent} % is used.</strong>{" "}
        {blocked
          ? "Mail with attachments is refused; what comes in is still taken."
          : "When it is full, mail with attachments is refused."}{" "}
        {link}
      </>
    );
  }
  return (
    <>
      <strong className="font-medium">
        {nameOf(warned)}: {percent === 100 ? "100 %" : `${percent} %`} of this {period} is used.
      </strong>{" "}
      {blocked ? (
        <>
          Everything more is refused until <Time at={resetsAt} format="short" />.
        </>
      ) : level === 100 ? (
        "It only alerts: everything still passes."
      ) : (
        <>
          Counted anew from <Time at={resetsAt} format="short" />.
        </>
      )}{" "}
      {link}
    </>
  );
}

function nameOf({ source, agentId, agentName, meter, isStock }: Warned): string {
  if (isStock) return "The plan's storage";
  if (source === "plan") return `The plan's quota of ${meterName(meter).toLowerCase()}`;
  const channel = CHANNELS[meter] ?? meter;
  return agentId === null ? `The organisation's cap on ${channel}` : `The cap of ${agentName ?? agentId} on ${channel}`;
}
