/** What a member may do in an organisation: everything, everything but govern it, look on. */
export const ROLES = ["OWNER", "ADMIN", "VIEWER"] as const;
export type Role = (typeof ROLES)[number];

/**
 * What an act does, as far as roles are concerned.
 * read: changes nothing. self: changes only the account of the person who acts. write: anything else, and what a verb
 * does that says nothing. govern: decides who has power, or destroys what cannot be brought back.
 */
export type Effect = "read" | "self" | "write" | "govern";

const ALLOWED: Record<Role, readonly Effect[]> = {
  OWNER: ["read", "self", "write", "govern"],
  ADMIN: ["read", "self", "write"],
  VIEWER: ["read", "self"],
};

/** Whether somebody with this role may do what has this effect. */
export function roleAllows(role: Role, effect: Effect): boolean {
  return ALLOWED[role].includes(effect);
}
