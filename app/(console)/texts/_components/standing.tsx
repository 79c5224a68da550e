"use client";

import { Ban } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Conversation } from "#server/domain/sms/conversation.ts";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { stopWords } from "./words.ts";

const LiftOptOut = dynamic(patient(() => import("./lift-opt-out.tsx").then((module) => module.LiftOptOut)));

/** Why the other number may be neither called nor texted; nothing where neither they nor the organisation said so. */
export function Standing({ thread: { theirs, standing } }: { thread: Conversation }) {
  const [isLifting, setLifting] = useState(false);
  const { optedOut, listed } = standing;
  if (!optedOut && !listed) return null;
  return (
    <div className="grid gap-2 rounded-md border border-danger/40 bg-danger-soft px-3 py-2 text-[0.8125rem]">
      {optedOut ? (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="flex items-start gap-2">
            <Ban className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
            <span>
              <strong className="font-medium">Opted out:</strong> whoever has this number {stopWords(optedOut)}{" "}
              <Time at={optedOut.since} format="relative" />. No agent of yours can call or text it.
            </span>
          </p>
          <WriteButton size="sm" onClick={() => setLifting(true)}>
            Lift…
          </WriteButton>
        </div>
      ) : null}
      {listed ? (
        <p className="flex items-start gap-2">
          <Ban className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
          <span>
            On your do-not-call list since <Time at={listed.since} format="day" /> (
            <code className="font-mono">{listed.source}</code>).
          </span>
        </p>
      ) : null}
      {isLifting ? <LiftOptOut number={theirs} onClose={() => setLifting(false)} /> : null}
    </div>
  );
}
