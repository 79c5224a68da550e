"use client";

import { useQuery } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Mail } from "#server/domain/mailbox/read-mail.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { CodeArea } from "../../../_ui/code-area.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { MailLink } from "./mail-link.tsx";
import type { View } from "./params.ts";

const NAMES: Record<View, string> = { text: "Text", html: "HTML", source: "Source" };

/** What the mail says: as text, as HTML in a frame that can do nothing, or as it went over the wire. */
export function MailBody({ mail, view }: { mail: Mail; view: View }) {
  const views: View[] = [
    "text",
    ...(mail.hasHtml ? ["html" as const] : []),
    ...(mail.hasSource ? ["source" as const] : []),
  ];
  const shown = views.includes(view) ? view : "text";
  return (
    <div>
      <nav aria-label="How to show the mail" className="flex gap-3 border-line border-b px-4">
        {views.map((each) => (
          <MailLink
            key={each}
            to={{ message: mail.id, view: each }}
            aria-current={each === shown ? "true" : undefined}
            className={cn(
              "-mb-px border-transparent border-b-2 py-1.5 text-[0.8125rem] text-muted hover:text-ink",
              each === shown && "border-accent font-medium text-ink",
            )}
          >
            {NAMES[each]}
          </MailLink>
        ))}
      </nav>
      {shown === "text" ? <Text mail={mail} /> : null}
      {shown === "html" ? <Html key={mail.id} mail={mail} /> : null}
      {shown === "source" ? <Source id={mail.id} /> : null}
    </div>
  );
}

function Text({ mail }: { mail: Mail }) {
  const [isWhole, setWhole] = useState(false);
  const isShort = mail.reply !== null && !isWhole;
  return (
    <div className="px-4 py-3">
      <div className="whitespace-pre-wrap break-words leading-relaxed">
        {(isShort ? mail.reply : mail.text) || <span className="text-muted">(no text)</span>}
      </div>
      {mail.reply === null ? null : (
        <Button
          size="sm"
          variant="ghost"
          className="mt-2 -ml-2"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? "Hide what is quoted" : "Show what is quoted"}
        </Button>
      )}
      {mail.isCut && !isShort ? (
        <p className="mt-3 text-[0.8125rem] text-muted">The text is longer; its source has all of it.</p>
      ) : null}
    </div>
  );
}

function Html({ mail }: { mail: Mail }) {
  const [withImages, setWithImages] = useState(false);
  return (
    <div className="p-3">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2 text-[0.8125rem] text-muted">
        <span>On white, as mail is written. No script, no form; links open a new tab.</span>
        {mail.hasRemoteImages && !withImages ? (
          <Button size="sm" onClick={() => setWithImages(true)}>
            <ImageOff aria-hidden /> Load remote images
          </Button>
        ) : null}
      </div>
      {withImages ? (
        <p className="mb-2 text-[0.8125rem] text-warn">
          Remote images are loaded for this view: their servers learn that it was opened, and from which address.
        </p>
      ) : null}
      {/* Neither scripts nor our origin: the mail cannot be measured, so it scrolls within a height that can be pulled. */}
      <div className="h-[26rem] min-h-40 resize-y overflow-hidden rounded-md border border-line bg-white">
        <iframe
          key={String(withImages)}
          title="HTML of the mail"
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
          src={`/api/mail-html/${mail.id}${withImages ? "?images=1" : ""}`}
          className="size-full"
        />
      </div>
    </div>
  );
}

const ORIGINS = {
  received: "As it came, with the line that this server put on top.",
  written: "As this server writes it for the receiving servers; Bcc stands in no header.",
};

function Source({ id }: { id: string }) {
  const trpc = useTRPC();
  const source = useQuery(trpc.mail.source.queryOptions({ id }, { staleTime: Number.POSITIVE_INFINITY }));
  if (source.isPending) return <SkeletonRows rows={6} what="the source" />;
  if (source.isError) {
    return (
      <div className="p-4">
        <ErrorNote error={errorOf(source.error)} onRetry={() => source.refetch()} />
      </div>
    );
  }
  return (
    <div className="p-3">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2 text-[0.8125rem] text-muted">
        <span>
          {ORIGINS[source.data.origin]}
          {source.data.isCut ? " Only the first 256 KiB are shown." : ""}
        </span>
        <Button asChild size="sm">
          <a href={`/api/mail-source/${id}`} download>
            Save all of it
          </a>
        </Button>
      </div>
      <CodeArea
        label="Source"
        className="max-h-[32rem] overflow-y-auto rounded-md border border-line bg-raised text-[0.75rem]"
      >
        {source.data.text}
      </CodeArea>
    </div>
  );
}
