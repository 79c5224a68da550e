import type { Metadata } from "next";
import { inspectSignInLink } from "#server/domain/console/links.ts";
import { pageContext } from "../../_lib/server.tsx";
import { Button } from "../../_ui/button.tsx";
import { Link } from "../../_ui/link.tsx";
import { SetupForm } from "./_setup-form.tsx";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  const { services } = await pageContext();
  const purpose = typeof token === "string" ? await inspectSignInLink(services, token) : "dead";
  if (purpose === "setup") return <SetupForm token={String(token)} />;
  return (
    <div className="grid gap-3 rounded-lg border border-line bg-surface p-6">
      <h1 className="text-lg font-semibold">Set up with the link that the server prints</h1>
      <p className="text-muted">
        As long as this server has no organisation, each start prints a link that leads here. It works once, within 15
        minutes. If it was used, the server is set up: sign in.
      </p>
      <Button asChild variant="primary" className="justify-self-start">
        <Link href="/sign-in">Sign in</Link>
      </Button>
    </div>
  );
}
