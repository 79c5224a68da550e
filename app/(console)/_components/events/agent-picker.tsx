"use client";

import { ChevronDown, X } from "lucide-react";
import dynamic from "next/dynamic";
import { type FocusEvent, useRef, useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { cn } from "../../../_ui/cn.ts";
import { useAgentNames } from "../use-agent-names.ts";

const AgentMenu = dynamic(
  patient(() => import("./agent-menu.tsx").then((menu) => menu.AgentMenu)),
  { ssr: false },
);

type AgentPickerProps = {
  agent: string | null;
  onChoose: (agent: string | null) => void;
  /** What is shown where no agent is chosen. */
  none?: string;
};

/** Narrows to one agent, found by part of its name among any number of them. */
export function AgentPicker({ agent, onChoose, none = "Any agent" }: AgentPickerProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const nameOf = useAgentNames();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const leave = (event: FocusEvent<HTMLDivElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done with it; it only hears where the focus goes
    <div className="relative flex" onBlur={leave}>
      <button
        ref={button}
        type="button"
        aria-haspopup="listbox"
        aria-expanded={open}
        className={cn(
          "flex h-8 max-w-56 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2 text-[0.8125rem]",
          agent && "rounded-r-none border-r-0",
        )}
        onClick={() => setOpen(!open)}
      >
        <span className="truncate">{agent ? nameOf(agent) : none}</span>
        <ChevronDown className="size-3.5 shrink-0 text-muted" aria-hidden />
      </button>
      {agent ? (
        <button
          type="button"
          aria-label={none}
          className="rounded-r-md border border-line-strong bg-surface px-1.5 text-muted hover:text-ink"
          onClick={() => onChoose(null)}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      ) : null}
      {open ? (
        <AgentMenu
          onChoose={(chosen) => {
            onChoose(chosen);
            close();
          }}
          onClose={close}
        />
      ) : null}
    </div>
  );
}
