import type { ReactNode } from "react";
import { pageContext } from "../../_lib/server.tsx";
import { FollowAgents } from "./_components/follow-agents.tsx";

export default async function AgentsLayout({ children }: { children: ReactNode }) {
  // Whoever is signed out is sent away by the page; there is nothing to follow for them.
  const { session } = await pageContext();
  return (
    <>
      {session ? <FollowAgents /> : null}
      {children}
    </>
  );
}
