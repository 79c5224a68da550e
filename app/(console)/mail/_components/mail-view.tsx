"use client";

import { useQuery } from "@tanstack/react-query";
import { Mail as MailIcon, MailOpen } from "lucide-react";
import type { ReactNode } from "react";
import type { Mail } from "#server/domain/mailbox/read-mail.ts";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { Attachments } from "./attachments.tsx";
import { Delivery } from "./delivery.tsx";
import { LabelEditor } from "./label-editor.tsx";
import { MailBody } from "./mail-body.tsx";
import type { View } from "./params.ts";
import type { useLabels } from "./use-labels.ts";
import { Verdicts } from "./verdicts.tsx";
import { isUnread } from "./words.ts";

type MailViewProps = { summary: MailSummary; labels: ReturnType<typeof useLabels>; view: View };

/** One mail, unfolded. */
export function MailView({ summary, labels, view }: MailViewProps) {
  const trpc = useTRPC();
  const mail = useQuery(trpc.mail.read.queryOptions({ id: summary.id }));
  const unread = isUnread(summary);
  return (
    <article
      aria-label={`Mail from ${summary.fromAddress}`}
      data-message={summary.id}
      className="min-w-0 rounded-lg border border-line bg-surface"
    >
      <header className="border-line border-b px-4 py-3">
        <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
          <Copyable text={summary.fromAddress} what="sender" className="font-medium" />
          <div className="flex items-center gap-2">
            <span className="text-[0.8125rem] text-muted">
              <Time at={summary.createdAt} />
            </span>
            {summary.direction === "INBOUND" ? (
              <Button
                variant="ghost"
                size="icon"
                aria-keyshortcuts="u"
                aria-label={unread ? "Mark as read" : "Mark as unread"}
                title={`${unread ? "Mark as read" : "Mark as unread"} (u)`}
                onClick={() => labels.change({ id: summary.id, addLabels: [unread ? "read" : "unread"] })}
              >
                {unread ? <MailOpen aria-hidden /> : <MailIcon aria-hidden />}
              </Button>
            ) : null}
          </div>
        </div>
        <Recipients summary={summary} mail={mail.data} />
        <LabelEditor mail={summary} labels={labels} />
      </header>
      {mail.isPending ? <SkeletonRows rows={3} what="the mail" /> : null}
      {mail.isError ? (
        <div className="p-4">
          <ErrorNote error={errorOf(mail.error)} onRetry={() => mail.refetch()} />
        </div>
      ) : null}
      {mail.data ? (
        <>
          {mail.data.direction === "INBOUND" ? <Verdicts mail={mail.data} /> : null}
          <MailBody mail={mail.data} view={view} />
          <Attachments files={mail.data.attachments} />
          <Delivery mail={mail.data} />
        </>
      ) : null}
    </article>
  );
}

function Recipients({ summary, mail }: { summary: MailSummary; mail: Mail | undefined }) {
  return (
    <dl className="mt-1 grid grid-cols-[2.5rem_minmax(0,1fr)] text-[0.8125rem]">
      <Line name="To">{summary.toAddress}</Line>
      {mail && mail.cc.length > 0 ? <Line name="Cc">{mail.cc.join(", ")}</Line> : null}
      {mail && mail.bcc.length > 0 ? <Line name="Bcc">{mail.bcc.join(", ")}</Line> : null}
      {mail?.automatic ? (
        <Line name="Kind">
          <Badge>{mail.automatic}</Badge>
        </Line>
      ) : null}
    </dl>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="break-words font-mono">{children}</dd>
    </>
  );
}
