"use client";

import { useEffect, useRef } from "react";
import type { Text } from "#server/domain/sms/conversation.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { Time } from "../../../_lib/time.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { counted } from "../../_components/counted.ts";
import { reasonOf, stateOf } from "./words.ts";

/** Texts in the order of time: theirs on the left, the agent's on the right. The newest is in sight. */
export function Bubbles({ texts }: { texts: Text[] }) {
  const log = useRef<HTMLDivElement>(null);
  const newest = texts.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is the reason to look at the end
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [newest]);
  return (
    <div
      ref={log}
      role="log"
      aria-label="Texts"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="max-h-[55dvh] overflow-y-auto rounded-lg border border-line bg-surface p-3"
    >
      <ol className="grid gap-3">
        {texts.map((text) => (
          <Bubble key={text.id} text={text} />
        ))}
      </ol>
    </div>
  );
}

function Bubble({ text }: { text: Text }) {
  const isOurs = text.direction === "OUTBOUND";
  const hasFailed = text.status === "FAILED";
  const isHeld = text.status === "QUEUED" && reasonOf(text.statusReason ?? "") !== null;
  return (
    <li
      data-text={text.id}
      className={cn("flex max-w-[85%] flex-col", isOurs ? "items-end justify-self-end" : "justify-self-start")}
    >
      <div
        className={cn(
          "whitespace-pre-wrap break-words rounded-lg px-3 py-2",
          isOurs ? "bg-accent-soft" : "bg-raised",
          hasFailed && "bg-danger-soft",
        )}
      >
        {text.body}
        <Media urls={text.mediaUrls} />
      </div>
      <p className="mt-1 flex flex-wrap items-baseline gap-x-2 text-[0.75rem] text-muted">
        <span className={cn(hasFailed && "font-medium text-danger")}>{stateOf(text)}</span>
        <Time at={text.createdAt} />
        {text.segments > 1 ? <span>{counted(text.segments, "segment")}</span> : null}
        {text.answers ? <span>automatic answer to {text.answers.toUpperCase()}</span> : null}
        <Link href={chainPath(text.correlationId)} className="underline underline-offset-2 hover:text-ink">
          Chain
        </Link>
      </p>
      {(hasFailed || isHeld) && text.statusReason ? (
        <p className={cn("text-[0.75rem]", hasFailed ? "text-danger" : "text-warn")}>
          {reasonOf(text.statusReason) ?? "The carrier says"} <code className="font-mono">{text.statusReason}</code>
        </p>
      ) : null}
    </li>
  );
}

function Media({ urls }: { urls: string[] }) {
  if (urls.length === 0) return null;
  return (
    <ul className="mt-1 grid gap-0.5 font-mono text-[0.75rem]">
      {urls.map((url) => (
        // Not fetched: whoever sent it would learn who looks at it, and when.
        <li key={url} className="break-all">
          <a href={url} target="_blank" rel="noreferrer noopener" className="underline underline-offset-2">
            {url}
          </a>
        </li>
      ))}
    </ul>
  );
}
