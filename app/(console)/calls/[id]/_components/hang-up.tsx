"use client";

import { PhoneOff } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { CallFacts } from "#server/domain/call-log/read.ts";
import { patient } from "../../../../_lib/reachability.ts";
import { Button } from "../../../../_ui/button.tsx";

const HangUpQuestion = dynamic(patient(() => import("./hang-up-question.tsx").then((module) => module.HangUpQuestion)));

/** Ends a call after a question that says what that means. */
export function HangUp({ call }: { call: CallFacts }) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <Button variant="danger-outline" disabled={call.isEnding} onClick={() => setIsAsked(true)}>
        <PhoneOff aria-hidden /> Hang up
      </Button>
      {isAsked ? <HangUpQuestion call={call} onClose={() => setIsAsked(false)} /> : null}
    </>
  );
}
