"use client";

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import type { StopHeard } from "#server/domain/phone/stop-heard/list.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { ErrorNote } from "../../../_ui/states.tsx";
import { useToast } from "../../../_ui/toast.tsx";
import { WriteButton } from "../../../_ui/write-button.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { textsPath } from "../../texts/_components/params.ts";
import { ChainLink } from "./chain-link.tsx";
import { LIST } from "./compliance-view.ts";
import { useChanged } from "./use-changed.ts";

/** What people said or wrote that sounds like "stop", for the operator to act on. Nothing where nothing waits. */
export function Heard() {
  const trpc = useTRPC();
  const heard = useInfiniteQuery(trpc.compliance.stopHeard.infiniteQueryOptions(LIST, nextPage));
  const items = heard.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label="Heard in calls and texts" aria-live="polite">
      {heard.isError ? <ErrorNote error={errorOf(heard.error)} onRetry={() => heard.refetch()} /> : null}
      {items.length > 0 ? (
        <div className="mb-8">
          <h2 className="mb-1 font-semibold">Heard in calls and texts</h2>
          <p className="mb-3 text-[0.8125rem] text-muted">
            This sounds as if the person wants to be left alone. Words alone do not decide: read them, and say what they
            mean. Until then the number may still be called and texted.
          </p>
          <ul className="overflow-hidden rounded-lg border border-line bg-surface">
            {items.map((item) => (
              <Plea key={item.id} item={item} />
            ))}
          </ul>
          <ShowMore pages={heard} />
        </div>
      ) : null}
    </section>
  );
}

const REASON_LENGTH = 500;

/** The words as a reason: one line, as long as one may be. */
function reasonOf({ channel, words }: StopHeard): string {
  const how = channel === "sms" ? "written in a text" : "said in a call";
  return `${how}: ${words.replaceAll(/\p{Cc}+/gu, " ")}`.slice(0, REASON_LENGTH).trim();
}

function Plea({ item }: { item: StopHeard }) {
  const trpc = useTRPC();
  const changed = useChanged();
  const toast = useToast();
  const nameOf = useAgentNames();
  const { phoneNumber, words } = item;
  const done = (text: string) => ({
    onSuccess: async () => {
      await changed();
      toast({ text, tone: "good" as const });
    },
  });
  const list = useMutation(trpc.compliance.addDoNotCall.mutationOptions(done(`${phoneNumber} is on the list`)));
  const revoke = useMutation(
    trpc.compliance.revokeNumber.mutationOptions(done(`Every consent of ${phoneNumber} is revoked`)),
  );
  const dismiss = useMutation(trpc.compliance.dismissStopHeard.mutationOptions(done("Dismissed; nothing changed")));
  const acts = [list, revoke, dismiss];
  const failed = acts.find((act) => act.isError);
  const busy = acts.some((act) => act.isPending || act.isSuccess);
  const reason = reasonOf(item);
  return (
    <li className="grid gap-2 border-line border-b px-4 py-3 last:border-b-0">
      <blockquote className="font-medium [overflow-wrap:anywhere]">“{words}”</blockquote>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-[0.8125rem]">
        <p className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-3 text-muted">
          <code className="font-mono text-ink">{phoneNumber}</code>
          <span>to {nameOf(item.agentId)}</span>
          <Time at={item.heardAt} format="relative" />
          <Source item={item} />
          <ChainLink correlationId={item.correlationId} of={`what ${phoneNumber} said`} />
        </p>
        <span className="flex flex-wrap gap-2">
          <WriteButton
            size="sm"
            variant="primary"
            disabled={busy}
            aria-label={`Put on the do-not-call list: ${phoneNumber}`}
            onClick={() => list.mutate({ phoneNumber, reason })}
          >
            Put on the do-not-call list
          </WriteButton>
          <WriteButton
            size="sm"
            disabled={busy}
            aria-label={`Revoke consent of ${phoneNumber}`}
            onClick={() => revoke.mutate({ phoneNumber, reason })}
          >
            Revoke consent
          </WriteButton>
          <WriteButton
            size="sm"
            variant="ghost"
            disabled={busy}
            aria-label={`Dismiss what ${phoneNumber} said`}
            onClick={() => dismiss.mutate({ id: item.id })}
          >
            Dismiss
          </WriteButton>
        </span>
      </div>
      {failed ? <ErrorNote error={errorOf(failed.error)} /> : null}
    </li>
  );
}

/** Where it was said. */
function Source({ item: { channel, resourceId, threadId, phoneNumber } }: { item: StopHeard }) {
  const [href, what] =
    channel === "sms" ? [textsPath({ thread: threadId }), "Conversation"] : [`/calls/${resourceId}`, "Call"];
  return (
    <Link
      href={href}
      aria-label={`${what} with ${phoneNumber}`}
      className="rounded underline decoration-line-strong underline-offset-2"
    >
      {what}
    </Link>
  );
}
