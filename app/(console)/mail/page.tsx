import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { nextPage } from "../../_lib/paging.ts";
import { Hydrated, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { NAMED_AGENTS } from "../_components/named-agents.ts";
import { MailPage } from "./_components/mail-page.tsx";
import { AGENT_CHOICES, listInput, mailParams, mailPath, overviewInput } from "./_components/params.ts";

export const metadata: Metadata = { title: "Mail" };

const readParams = createLoader(mailParams);

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await readParams(searchParams);
  await requireSession(mailPath(params));
  const queries = pageQueries();
  await Promise.all([
    queries.prefetchInfiniteQuery(trpc.mail.list.infiniteQueryOptions(listInput(params), nextPage)),
    queries.prefetchQuery(trpc.mail.overview.queryOptions(overviewInput(params))),
    queries.prefetchQuery(trpc.mail.overview.queryOptions({})),
    queries.prefetchQuery(trpc.agents.list.queryOptions(NAMED_AGENTS)),
    queries.prefetchQuery(trpc.agents.list.queryOptions(AGENT_CHOICES)),
    ...(params.message === null ? [] : [prefetchThread(params.message)]),
  ]);
  return (
    <Hydrated>
      <MailPage />
    </Hydrated>
  );
}

/** The thread, the mail that is asked for and the newest one: what is unfolded. */
async function prefetchThread(id: string): Promise<void> {
  const queries = pageQueries();
  const thread = trpc.mail.thread.queryOptions({ id });
  await Promise.all([queries.prefetchQuery(thread), queries.prefetchQuery(trpc.mail.read.queryOptions({ id }))]);
  const newest = queries.getQueryData(thread.queryKey)?.messages.at(-1);
  if (newest) await queries.prefetchQuery(trpc.mail.read.queryOptions({ id: newest.id }));
}
