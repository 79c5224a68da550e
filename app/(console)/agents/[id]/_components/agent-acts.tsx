"use client";

import { KeyRound, Pause, Play, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { patient } from "../../../../_lib/reachability.ts";
import { loadOverlay } from "../../../../_ui/overlay.tsx";
import { WriteButton } from "../../../../_ui/write-button.tsx";

const loadPause = () => import("./pause-agent.tsx");

// A page that is only read needs no question.
const QUESTIONS = {
  pause: dynamic(patient(() => loadPause().then((module) => module.PauseAgent))),
  rotate: dynamic(patient(() => import("./rotate-key.tsx").then((module) => module.RotateKey))),
  delete: dynamic(patient(() => import("./delete-agent.tsx").then((module) => module.DeleteAgent))),
};

// The page has come to rest by then.
const AT_REST_MS = 2_000;

export type QuestionProps = { agent: Agent; onClose: () => void };

/** What can be done about an agent, each after a question that says what it ends. */
export function AgentActs({ agent }: { agent: Agent }) {
  const [asked, setAsked] = useState<keyof typeof QUESTIONS | null>(null);
  const Question = asked === null ? null : QUESTIONS[asked];
  const isPaused = agent.status === "PAUSED";
  useEffect(() => {
    // To stop an agent must be possible to ask also when the server has gone since. What fails here is fetched when asked.
    const fetch = () => void Promise.all([loadPause(), loadOverlay()]).catch(() => {});
    const timer = setTimeout(fetch, AT_REST_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <WriteButton onClick={() => setAsked("pause")}>
        {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
        {isPaused ? "Resume" : "Pause"}
      </WriteButton>
      <WriteButton onClick={() => setAsked("rotate")}>
        <KeyRound aria-hidden /> Rotate key
      </WriteButton>
      <WriteButton variant="danger-outline" onClick={() => setAsked("delete")}>
        <Trash2 aria-hidden /> Delete
      </WriteButton>
      {Question ? <Question agent={agent} onClose={() => setAsked(null)} /> : null}
    </>
  );
}
