import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safePath } from "../../_lib/safe-path.ts";
import { pageContext } from "../../_lib/server.tsx";
import { SignInForm } from "./_sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ to?: string | string[] }> }) {
  const to = safePath((await searchParams).to);
  const { session } = await pageContext();
  if (session) redirect(to);
  return <SignInForm to={to} />;
}
