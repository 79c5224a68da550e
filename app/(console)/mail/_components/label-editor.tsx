"use client";

import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { STATE_LABELS } from "#server/domain/mailbox/boxes.ts";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import type { useLabels } from "./use-labels.ts";

/** The labels of a mail, each with its way out, and a field for one more. */
export function LabelEditor({ mail, labels }: { mail: MailSummary; labels: ReturnType<typeof useLabels> }) {
  const [isAdding, setAdding] = useState(false);
  const [text, setText] = useState("");
  const own = mail.labels.filter((label) => !STATE_LABELS.includes(label));
  const isSpam = mail.labels.includes("spam");
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") labels.change({ id: mail.id, addLabels: [text.trim().toLowerCase()] });
    setText("");
    setAdding(false);
  };
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-1.5">
      {isSpam ? <Badge tone="bad">spam</Badge> : null}
      {own.map((label) => (
        <span
          key={label}
          className="inline-flex h-6 items-center rounded bg-accent-soft pl-2 text-[0.8125rem] text-accent"
        >
          {label}
          <button
            type="button"
            aria-label={`Remove label ${label}`}
            className="grid size-6 place-items-center rounded hover:bg-raised"
            onClick={() => labels.change({ id: mail.id, removeLabels: [label] })}
          >
            <X className="size-3" aria-hidden />
          </button>
        </span>
      ))}
      {isAdding ? (
        <form onSubmit={add}>
          <input
            aria-label="New label"
            // biome-ignore lint/a11y/noAutofocus: the field appears because its button was pressed
            autoFocus
            maxLength={64}
            className="h-6 w-32 rounded border border-line-strong bg-surface px-1.5 text-[0.8125rem]"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setAdding(false)}
            onBlur={add}
          />
        </form>
      ) : (
        <Button variant="ghost" size="sm" className="h-6 px-1.5 [&_svg]:size-3.5" onClick={() => setAdding(true)}>
          <Plus aria-hidden /> Label
        </Button>
      )}
      {mail.direction === "INBOUND" ? (
        <Button
          variant="ghost"
          size="sm"
          className="h-6 px-1.5"
          onClick={() => labels.change({ id: mail.id, [isSpam ? "removeLabels" : "addLabels"]: ["spam"] })}
        >
          {isSpam ? "Not spam" : "Spam"}
        </Button>
      ) : null}
    </div>
  );
}
