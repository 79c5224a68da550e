import type { Role } from "#server/domain/members/roles.ts";

/** What a role may do, in a line. */
export const ROLE_LINES: Record<Role, string> = {
  OWNER: "Everything, also roles, the master key, and deleting.",
  ADMIN: "Agents, keys, mail, invitations. No roles, no master key, no deleting.",
  VIEWER: "Sees everything, changes nothing.",
};
