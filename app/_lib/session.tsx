"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { type Effect, type Role, roleAllows } from "#server/domain/members/roles.ts";
import type { SessionView } from "#server/trpc/session-view.ts";
import { useEvents, useLiveState } from "./live.tsx";
import { useTRPC } from "./trpc.tsx";

const SessionContext = createContext<SessionView | null>(null);

// What may have ended this session, or changed what it may do.
const CONCERNS_SESSIONS = /^(console\.session\.(ended|revoked)|console\.account|console\.password|key\.|org\.)/;

/** Who is signed in, for all that is on the page. When the session ends, or its role changes, the page learns at once. */
export function SessionProvider({ initial, children }: { initial: SessionView; children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const current = useQuery({ ...trpc.session.current.queryOptions(), initialData: initial });
  const look = () => queryClient.invalidateQueries(trpc.session.current.queryFilter());
  useEvents((event) => {
    if (CONCERNS_SESSIONS.test(event.event)) void look();
  });
  // The stream of a session that ended ends too.
  const state = useLiveState();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the state is a reason to look
  useEffect(() => {
    if (state === "reconnecting") void look();
  }, [state]);
  return <SessionContext value={current.data}>{children}</SessionContext>;
}

export function useSession(): SessionView {
  const session = useContext(SessionContext);
  if (!session) throw new TypeError("there is no SessionProvider above this component");
  return session;
}

export function useSessionRole(): Role {
  return useSession().role;
}

/** Whether whoever is signed in may do what has this effect. The server asks again; this only spares a refusal. */
export function useMay(effect: Effect): boolean {
  return roleAllows(useSessionRole(), effect);
}

/** Shows what only some may use: `write` owners and admins, `govern` owners. */
export function May({ effect, children }: { effect: Effect; children: ReactNode }) {
  return useMay(effect) ? children : null;
}
