import type { Session } from "#server/domain/console/sessions.ts";

/** Who is signed in, as the console shows it. */
export function viewSession({ principal, orgName, orgStatus, person }: Session) {
  const { orgId, tier, role, member } = principal;
  return { orgId, orgName, orgStatus, tier, role, memberId: member?.id ?? null, person };
}

export type SessionView = ReturnType<typeof viewSession>;
