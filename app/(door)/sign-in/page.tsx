import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { relyingParty } from "#server/domain/console/relying-party.ts";
import { anybodyInvited } from "#server/domain/members/any.ts";
import { safePath } from "../../_lib/safe-path.ts";
import { pageContext } from "../../_lib/server.tsx";
import { SignIn } from "./_components/sign-in.tsx";

export const metadata: Metadata = { title: "Sign in" };

type Search = { to?: string | string[]; with?: string | string[] };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const to = safePath(search.to);
  const { session, services } = await pageContext();
  if (session) redirect(to);
  const onlyKey = !(await anybodyInvited(services));
  const { config } = services;
  return (
    <SignIn
      to={to}
      ways={{ passkeyHost: relyingParty(config)?.id ?? null, canMail: config.relayUrl !== null }}
      way={onlyKey || search.with === "key" ? "key" : "email"}
      onlyKey={onlyKey}
    />
  );
}
