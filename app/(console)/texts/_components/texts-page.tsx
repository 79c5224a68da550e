"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, PenLine } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { cn } from "../../../_ui/cn.ts";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { Conversation } from "./conversation.tsx";
import { ThreadList } from "./thread-list.tsx";
import { useTextsParams } from "./use-texts-params.ts";

const NewText = dynamic(patient(() => import("./new-text.tsx").then((module) => module.NewText)));
const PlaySheet = dynamic(patient(() => import("./play-sheet.tsx").then((module) => module.PlaySheet)));

// What changes how a number stands, beside texts.
const STANDING = /^voice\.(do_not_call|consent|opted_|call\.stop_)/;

/** Conversations by text and the open one: side by side on a wide screen, one at a time on a narrow one. */
export function TextsPage() {
  const trpc = useTRPC();
  const { params, go } = useTextsParams();
  const numbers = useQuery(trpc.numbers.overview.queryOptions());
  const [isPlaying, setPlaying] = useState(false);
  useRefresh(trpc.texts.pathFilter(), ({ channel, event }) => channel === "sms" || STANDING.test(event));
  useRefresh(trpc.billing.usage.pathFilter(), ({ event }) => event === "sms.queued");
  useRefresh(trpc.numbers.overview.queryFilter(), ({ event }) => event.startsWith("voice.number."));

  const isReading = params.thread !== null || params.compose !== null;
  const isSandbox = numbers.data?.carrier === "sandbox";
  return (
    <>
      <PageHead
        title="Texts"
        action={
          <>
            {isSandbox ? (
              <WriteButton onClick={() => setPlaying(true)}>
                <FlaskConical aria-hidden /> Play a text in
              </WriteButton>
            ) : null}
            <WriteButton variant="primary" onClick={() => go({ compose: "new", thread: null })}>
              <PenLine aria-hidden /> Write
            </WriteButton>
          </>
        }
      >
        <span className={cn(isReading && "hidden lg:inline")}>What your agents text, and what people answer.</span>
      </PageHead>
      <div className="lg:grid lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)] lg:items-start lg:gap-5">
        <div className={cn("min-w-0", isReading && "hidden lg:block")}>
          <ThreadList />
        </div>
        <div className={cn("min-w-0", !isReading && "hidden lg:block")}>
          {params.compose === null ? null : <NewText />}
          {params.compose === null && params.thread !== null ? (
            <Conversation key={params.thread} id={params.thread} isSandbox={isSandbox} />
          ) : null}
          {isReading ? null : (
            <p className="rounded-lg border border-dashed border-line-strong/50 px-6 py-16 text-center text-muted">
              Choose a conversation to read it here.
            </p>
          )}
        </div>
      </div>
      {isPlaying ? <PlaySheet onClose={() => setPlaying(false)} /> : null}
    </>
  );
}
