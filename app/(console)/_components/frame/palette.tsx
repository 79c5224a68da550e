"use client";

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { useFocusReturn } from "../../../_ui/focus-return.ts";
import "../../../_ui/style-nonce.ts";
import { ActionResults, AgentResults, IdResults, NumberResults, PlaceResults } from "./palette-results.tsx";
import { PauseQuestion } from "./pause-question.tsx";

/** What the palette shows: everything, the agents to pause or resume, or the question before it is done. */
type View = "all" | "pause" | { question: Agent };

const HINTS = { all: "Page, agent, id, number, or what to do", pause: "Which agent to pause or resume" };

/** Finds a page, an agent, an id, or something to do, all from the keyboard. */
export function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const [view, setView] = useState<View>("all");
  const [text, setText] = useState("");
  // At first Radix moves the focus here, and only then knows where it was before.
  const [moved, setMoved] = useState(false);
  const focusReturn = useFocusReturn();
  const change = (next: View) => {
    setMoved(true);
    setText("");
    setView(next);
  };
  // Escape goes back one step; from the first it closes.
  const onEscape = (event: KeyboardEvent) => {
    if (view === "all") return;
    event.preventDefault();
    change(view === "pause" ? "all" : "pause");
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-fade fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          {...focusReturn}
          aria-describedby={undefined}
          onEscapeKeyDown={onEscape}
          className="animate-fade fixed inset-x-0 top-[max(1rem,12dvh)] z-50 mx-auto w-[calc(100%-2rem)] max-w-xl overflow-hidden rounded-lg border border-line bg-surface shadow-xl outline-none"
        >
          {typeof view === "object" ? (
            <PauseQuestion agent={view.question} onCancel={() => change("pause")} onDone={onClose} />
          ) : (
            <>
              <Dialog.Title className="sr-only">Command palette</Dialog.Title>
              <Command shouldFilter={false} loop label={HINTS[view]}>
                <div className="flex items-center gap-2 border-line border-b px-3 focus-within:shadow-[inset_0_-2px_var(--accent)]">
                  <Search className="size-4 shrink-0 text-muted" aria-hidden />
                  <Command.Input
                    key={view}
                    autoFocus={moved}
                    value={text}
                    onValueChange={setText}
                    maxLength={200}
                    placeholder={HINTS[view]}
                    className="h-11 min-w-0 flex-1 bg-transparent outline-none placeholder:text-muted"
                  />
                </div>
                <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2" label="Results">
                  {view === "all" ? (
                    <>
                      <PlaceResults text={text} onDone={onClose} />
                      <ActionResults text={text} onDone={onClose} onPause={() => change("pause")} onHelp={onHelp} />
                      <AgentResults text={text} onDone={onClose} />
                      <NumberResults text={text} onDone={onClose} />
                      <IdResults text={text} onDone={onClose} />
                    </>
                  ) : (
                    <AgentResults text={text} onDone={onClose} onPick={(agent) => change({ question: agent })} />
                  )}
                </Command.List>
              </Command>
            </>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
