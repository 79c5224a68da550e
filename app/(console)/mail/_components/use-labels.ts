"use client";

import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import type { Page } from "#server/domain/pagination.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";

export type LabelChange = { id: string; addLabels?: string[]; removeLabels?: string[] };

/** What the labels will be; the server has the last word. */
function changed(labels: string[], { addLabels = [], removeLabels = [] }: LabelChange): string[] {
  const left = labels.filter((label) => !removeLabels.includes(label));
  const opposite: Record<string, string> = { read: "unread", unread: "read" };
  const pushedOut = addLabels.map((label) => opposite[label]);
  return [...new Set([...left.filter((label) => !pushedOut.includes(label)), ...addLabels])].sort();
}

/**
 * Changes the labels of a mail: at once on the page, and back again, with the reason, where the server refuses.
 */
export function useLabels(): { change: (change: LabelChange) => void; error: ErrorView | null } {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { list, thread, read, overview } = trpc.mail;
  const mutation = useMutation(
    trpc.mail.label.mutationOptions({
      onMutate: async (input) => {
        const change = input as LabelChange;
        await Promise.all([list, thread, read].map((query) => queryClient.cancelQueries(query.pathFilter())));
        const before = queryClient.getQueriesData({ queryKey: trpc.mail.pathKey() });
        const apply = <Mail extends MailSummary>(mail: Mail): Mail =>
          mail.id === change.id ? { ...mail, labels: changed(mail.labels, change) } : mail;
        queryClient.setQueriesData<InfiniteData<Page<MailSummary>>>(
          list.pathFilter(),
          (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(apply) })) },
        );
        queryClient.setQueriesData<{ messages: MailSummary[] }>(
          thread.pathFilter(),
          (data) => data && { ...data, messages: data.messages.map(apply) },
        );
        queryClient.setQueriesData<MailSummary>(read.queryFilter({ id: change.id }), (mail) => mail && apply(mail));
        return { before };
      },
      onError: (_error, _input, context) => {
        for (const [key, data] of context?.before ?? []) queryClient.setQueryData(key, data);
      },
      onSettled: (_mail, _error, { id }) =>
        Promise.all([
          queryClient.invalidateQueries(list.pathFilter()),
          queryClient.invalidateQueries(overview.pathFilter()),
          queryClient.invalidateQueries(thread.pathFilter()),
          queryClient.invalidateQueries(read.queryFilter({ id })),
        ]),
    }),
  );
  return { change: (input) => mutation.mutate(input), error: mutation.isError ? errorOf(mutation.error) : null };
}
