"use client";

import { useEffect, useState } from "react";
import { randomId } from "../../../_lib/random-id.ts";
import type { ComposeMode } from "./params.ts";

/** What was written and not sent yet. Files are not part of it: they are too large to keep. */
export type Draft = {
  /**
   * Sends once, however often it is sent: see onceByForm in server/trpc/once-by-form.ts. A draft that was changed is another
   * mail: when the answer to the first one was lost, it would be refused for good.
   */
  formId: string;
  agentId: string;
  to: string;
  cc: string;
  bcc: string;
  subject: string;
  body: string;
  quoteOriginal: boolean;
};

const EMPTY: Draft = { formId: "", agentId: "", to: "", cc: "", bcc: "", subject: "", body: "", quoteOriginal: true };

function identified(draft: Draft): Draft {
  return draft.formId === "" ? { ...draft, formId: randomId() } : draft;
}

/**
 * The draft of a form: kept in this tab through navigation and reload until it is sent or thrown away.
 *
 * @param messageId the mail that is answered or passed on
 * @returns `isKept`: false where the browser's store is full or switched off
 */
export function useDraft(mode: ComposeMode, messageId: string | null) {
  const key = `anima draft ${mode} ${messageId ?? ""}`;
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isKept, setKept] = useState(true);

  // The server does not know the draft, so it is read once the page stands.
  useEffect(() => {
    const kept = sessionStorage.getItem(key);
    setDraft(identified({ ...EMPTY, ...(kept === null ? {} : (JSON.parse(kept) as Partial<Draft>)) }));
  }, [key]);

  const change = (fields: Partial<Draft>) => {
    // Something may be typed before the effect has run.
    const next = { ...(draft ?? EMPTY), ...fields, formId: randomId() };
    setDraft(next);
    try {
      sessionStorage.setItem(key, JSON.stringify(next));
      setKept(true);
    } catch {
      setKept(false);
    }
  };
  return {
    draft: draft ?? EMPTY,
    isLoaded: draft !== null,
    isKept,
    change,
    discard: () => sessionStorage.removeItem(key),
  };
}
