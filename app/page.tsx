import { redirect } from "next/navigation";
import { requireSession } from "./_lib/server.tsx";

export default async function Home() {
  await requireSession("/");
  redirect("/agents");
}
