"use client";

import { Ban, CircleHelp } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Conversation } from "#server/domain/sms/conversation.ts";
import { patient } from "../../../_lib/reachability.ts";
import { Time } from "../../../_lib/time.tsx";
import { Link } from "../../../_ui/link.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { stopWords } from "./words.ts";

const LiftOptOut = dynamic(patient(() => import("./lift-opt-out.tsx").then((module) => module.LiftOptOut)));

/** Why the other number may be neither called nor texted, or perhaps should not be; nothing where nobody said so. */
export function Standing({ thread: { theirs, standing } }: { thread: Conversation }) {
  const [isLifting, setLifting] = useState(false);
  const { optedOut, listed, heard } = standing;
  if (!optedOut && !listed) return heard ? <Doubt heard={heard} /> : null;
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

/** What they said sounds like "stop". Words alone do not decide, so somebody has to. */
function Doubt({ heard: { words, since } }: { heard: NonNullable<Conversation["standing"]["heard"]> }) {
  return (
    <p className="flex items-start gap-2 rounded-md border border-warn/40 bg-warn-soft px-3 py-2 text-[0.8125rem]">
      <CircleHelp className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <strong className="font-medium">They may want to be left alone:</strong> “{words}”,{" "}
        <Time at={since} format="relative" />. Agents may still call and text them until{" "}
        <Link href="/compliance?tab=opt-outs" className="rounded underline decoration-line-strong underline-offset-2">
          somebody decides what it means
        </Link>
        .
      </span>
    </p>
  );
}
