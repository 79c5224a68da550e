"use client";

import { OctagonPause } from "lucide-react";
import { useSession } from "../../../_lib/session.tsx";
import { ResumeButton } from "./stop-button.tsx";

/** Says on every page that the agents are stopped. The region is there before, so that it is announced. */
export function StoppedBanner() {
  const isStopped = useSession().orgStatus === "STOPPED";
  return (
    <div role="status" aria-label="Kill switch">
      {isStopped ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b bg-danger-soft px-4 py-2 text-[0.8125rem] md:px-8">
          <p className="flex min-w-0 flex-1 basis-64 items-start gap-2">
            <OctagonPause className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
            <span>
              <strong className="font-medium">All agents are stopped.</strong> Their keys are refused on every channel,
              and queued mail stays queued. Mail to them is still stored.
            </span>
          </p>
          <ResumeButton />
        </div>
      ) : null}
    </div>
  );
}
