import type { Metadata } from "next";
import { relyingParty } from "#server/domain/console/relying-party.ts";
import { Hydrated, pageContext, pageQueries, requireSession, trpc } from "../../_lib/server.tsx";
import { Settings } from "./_components/settings.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  await requireSession("/settings");
  const { services } = await pageContext();
  await Promise.all([
    pageQueries().prefetchQuery(trpc.account.profile.queryOptions()),
    pageQueries().prefetchQuery(trpc.account.sessions.queryOptions()),
    pageQueries().prefetchQuery(trpc.session.organisations.queryOptions()),
    pageQueries().prefetchQuery(trpc.organization.previewRotation.queryOptions()),
  ]);
  return (
    <Hydrated>
      <Settings passkeyHost={relyingParty(services.config)?.id ?? null} />
    </Hydrated>
  );
}
