"use client";

import { OctagonPause, Play } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { useSession } from "../../../_lib/session.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";

const StopDialog = dynamic(
  patient(() => import("./stop-dialog.tsx").then((module) => module.StopDialog)),
  { ssr: false },
);

type Asked = {
  /** Whether the question is open, where the address says so. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};

/** The kill switch. While it is on there is no button here: the banner above every page has the way back. */
export function StopButton({ open: asked, onOpenChange }: Asked) {
  const [own, setOwn] = useState(false);
  const isStopped = useSession().orgStatus === "STOPPED";
  const open = asked ?? own;
  const setOpen = onOpenChange ?? setOwn;
  return (
    <>
      {isStopped ? null : (
        <WriteButton variant="danger-outline" onClick={() => setOpen(true)}>
          <OctagonPause aria-hidden /> Stop all agents
        </WriteButton>
      )}
      <Question open={open} onOpenChange={setOpen} />
    </>
  );
}

/** The way back. */
export function ResumeButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <WriteButton size="sm" onClick={() => setOpen(true)}>
        <Play aria-hidden /> Resume agents
      </WriteButton>
      <Question open={open} onOpenChange={setOpen} />
    </>
  );
}

/** Loaded when it is first wanted, and kept then, so that it can close in its own time. */
function Question({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [isWanted, setWanted] = useState(open);
  if (open && !isWanted) setWanted(true);
  return isWanted ? <StopDialog open={open} onOpenChange={onOpenChange} /> : null;
}
