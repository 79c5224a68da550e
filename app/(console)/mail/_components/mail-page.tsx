"use client";

import { useQuery } from "@tanstack/react-query";
import { PenLine } from "lucide-react";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { ErrorNote } from "../../../_ui/states.tsx";
import { PageHead } from "../../_components/page-head.tsx";
import { Boxes } from "./boxes.tsx";
import { Composer } from "./composer.tsx";
import { MailList, useThreads } from "./mail-list.tsx";
import { ThreadView } from "./thread-view.tsx";
import { useLabels } from "./use-labels.ts";
import { useMailKeys } from "./use-mail-keys.ts";
import { useMailLive } from "./use-mail-live.ts";
import { useMailParams } from "./use-mail-params.ts";

/** A pane scrolls by itself where the three stand side by side. */
const PANE = "min-w-0 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto lg:p-0.5";

/** Boxes, threads and the open mail: side by side on a wide screen, one at a time on a narrow one. */
export function MailPage() {
  const trpc = useTRPC();
  const { params, go } = useMailParams();
  const { pages, threads } = useThreads();
  const thread = useQuery(
    trpc.mail.thread.queryOptions({ id: params.message ?? "" }, { enabled: params.message !== null }),
  );
  const labels = useLabels();
  useMailLive();

  const openThreadId = params.message === null ? null : (thread.data?.threadId ?? null);
  useMailKeys({ threads, openThreadId, openMails: thread.data?.messages ?? [], labels });

  const isReading = params.message !== null || params.compose !== null;
  const shown = isReading ? "mail" : params.pane === "boxes" ? "boxes" : "list";
  const pane = (name: typeof shown) => cn(PANE, shown !== name && "hidden lg:block");
  return (
    <>
      <PageHead
        title="Mail"
        action={
          <Button variant="primary" aria-keyshortcuts="c" onClick={() => go({ compose: "new", message: null })}>
            <PenLine aria-hidden /> Write
          </Button>
        }
      >
        <span className={cn(isReading && "hidden lg:inline")}>What your agents receive and send.</span>
      </PageHead>
      <div className="lg:grid lg:grid-cols-[10.5rem_minmax(0,20rem)_minmax(0,1fr)] lg:items-start lg:gap-5">
        <div className={pane("boxes")}>
          <Boxes />
        </div>
        <div className={pane("list")}>
          <MailList pages={pages} threads={threads} openThreadId={openThreadId} />
        </div>
        <div className={pane("mail")}>
          {labels.error ? (
            <div className="mb-3">
              <ErrorNote error={labels.error} />
            </div>
          ) : null}
          {params.compose === null ? null : (
            <Composer key={`${params.compose} ${params.message}`} mode={params.compose} />
          )}
          {params.message === null ? (
            params.compose === null ? (
              <p className="hidden rounded-lg border border-dashed border-line-strong/50 px-6 py-16 text-center text-muted lg:block">
                Choose a thread to read it here.
              </p>
            ) : null
          ) : (
            <ThreadView thread={thread} labels={labels} />
          )}
        </div>
      </div>
    </>
  );
}
