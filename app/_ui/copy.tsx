"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CodeArea } from "./code-area.tsx";

const SHOW_COPIED_MS = 1_500;

/** Copies a text. Browsers offer the clipboard on HTTPS and localhost only; elsewhere the text is there to be selected. */
function useCopy(text: string): { state: "idle" | "copied" | "failed"; copy: () => void } {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), SHOW_COPIED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    if (!navigator.clipboard) return setState("failed");
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  };
  return { state, copy };
}

const WORDS = { idle: "Copy", copied: "Copied", failed: "Select and copy it by hand" };

/** A button that copies. @param what is copied, for those who cannot see where it stands: "correlation id" */
export function CopyButton({ text, what, label = false }: { text: string; what: string; label?: boolean }) {
  const { state, copy } = useCopy(text);
  return (
    <Button
      variant={label ? "outline" : "ghost"}
      size="sm"
      className={cn(!label && "size-6 px-0 [&_svg]:size-3.5")}
      onClick={copy}
      aria-label={label ? undefined : `${WORDS[state]} ${state === "idle" ? what : ""}`.trim()}
    >
      {state === "copied" ? <Check className="text-accent" /> : <Copy />}
      {label ? <span aria-live="polite">{state === "idle" ? `Copy ${what}` : WORDS[state]}</span> : null}
    </Button>
  );
}

type CopyableProps = {
  text: string;
  what: string;
  /** Its form for people, where that is another. */
  shown?: string;
  className?: string;
};

/** An id or address in monospace with its copy button; cut in the middle of a narrow place, copied whole. */
export function Copyable({ text, what, shown = text, className }: CopyableProps) {
  return (
    <span className={cn("inline-flex min-w-0 max-w-full items-center gap-1", className)}>
      <code className="truncate font-mono text-[0.8125rem]" title={text}>
        {shown}
      </code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** A block of text to copy whole: a key, a command. */
export function CopyBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className="grid gap-2">
      {/* A key is one word: it is broken, so that all of it is seen. A command scrolls, so that its lines stay lines. */}
      <CodeArea
        label={what}
        className={cn(
          "rounded-md border border-line bg-raised",
          !/\s/.test(text) && "[&_pre]:whitespace-pre-wrap [&_pre]:break-all",
        )}
      >
        {text}
      </CodeArea>
      <div>
        <CopyButton text={text} what={what} label />
      </div>
    </div>
  );
}
