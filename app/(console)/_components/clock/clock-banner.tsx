"use client";

import { useQuery } from "@tanstack/react-query";
import { Clock } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { Link } from "../../../_ui/link.tsx";
import { type ClockView, isRealTime } from "./real-time.ts";

// The clock may be set by another organisation, whose events are not seen here.
const LOOK_MS = 60_000;

/** Says on every page that the server does not go by the real time. The region is there before, so that it is announced. */
export function ClockBanner({ initial }: { initial: ClockView }) {
  const trpc = useTRPC();
  const clock = useQuery({
    ...trpc.compliance.clock.queryOptions(),
    initialData: initial,
    refetchInterval: LOOK_MS,
  });
  useRefresh(trpc.compliance.clock.queryFilter(), ({ event }) => event === "voice.sandbox_clock.set");
  useRelativeTimes(clock.data);
  return (
    <div role="status" aria-label="Sandbox clock">
      {isRealTime(clock.data) ? null : (
        <p className="flex items-start gap-2 border-line border-b bg-warn-soft px-4 py-2 text-[0.8125rem] md:px-8">
          <Clock className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
          <span>
            <strong className="font-medium">The server's clock is not the real one:</strong>{" "}
            {clock.data.frozen ? "it stands still at" : "it shows"} <Time at={clock.data.now} />. The whole server goes
            by it.{" "}
            <Link href="/compliance?tab=clock" className="underline underline-offset-2">
              Set it
            </Link>
          </span>
        </p>
      )}
    </div>
  );
}

/** What the page shows as "3 min ago" goes by the clock of the server: drawn anew where that was set. */
function useRelativeTimes({ now, realNow, frozen }: ClockView): void {
  const router = useRouter();
  const minutes = Math.round((Date.parse(now) - Date.parse(realNow)) / 60_000);
  const setting = frozen ? "frozen" : String(minutes);
  const drawn = useRef(setting);
  useEffect(() => {
    if (drawn.current === setting) return;
    drawn.current = setting;
    router.refresh();
  }, [setting, router]);
}
