import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { inspectSignInLink } from "#server/domain/console/links.ts";
import { pageContext } from "../../../_lib/server.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { OpenConsole } from "./_open-console.tsx";

export const metadata: Metadata = { title: "One-time link" };

/** Only shows what the link is for: it is used up by the button, so that whatever previews links does not. */
export default async function LinkPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  const { services } = await pageContext();
  const purpose = typeof token === "string" ? await inspectSignInLink(services, token) : "dead";
  if (purpose === "setup") redirect(`/setup?token=${encodeURIComponent(String(token))}`);
  if (purpose === "sign-in") return <OpenConsole token={String(token)} />;
  return (
    <div className="grid gap-3 rounded-lg border border-line bg-surface p-6">
      <h1 className="text-lg font-semibold">This link has done its work</h1>
      <p className="text-muted">
        A one-time link opens the console once, within 15 minutes. Restart the server for another, or sign in with the
        master key.
      </p>
      <Button asChild variant="primary" className="justify-self-start">
        <Link href="/sign-in">Sign in with the master key</Link>
      </Button>
    </div>
  );
}
