"use client";

import { Gauge, X } from "lucide-react";
import type { Warned } from "#server/domain/billing/warned.ts";
import { Time } from "../../../_lib/time.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { meterName } from "../meter-names.ts";
import type { Shown } from "./dismissals.ts";

const CHANNELS: Record<string, string> = { email: "email", sms: "SMS", voice: "voice" };

/** A limit that is being used up. */
export function WarningLine({ warning, onDismiss }: { warning: Shown; onDismiss: () => void }) {
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
