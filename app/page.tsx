import { redirect } from "next/navigation";
import { HOME } from "./_lib/home.ts";
import { requireSession } from "./_lib/server.tsx";

export default async function Home() {
  await requireSession("/");
  redirect(HOME);
}
