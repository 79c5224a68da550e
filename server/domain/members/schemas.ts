import { z } from "zod";
import type { Person, Member as Row } from "#server/platform/generated/client.ts";
import { ROLES, type Role } from "./roles.ts";

export const role = z.enum(ROLES);

/** A member as the console shows it. */
export type Member = {
  id: string;
  email: string;
  name: string | null;
  role: Role;
  hasPassword: boolean;
  passkeys: number;
  secondFactor: boolean;
  lastSeenAt: string | null;
  joinedAt: string;
};

export function toMember(row: Row, person: Person, more: { passkeys: number; lastSeenAt: Date | null }): Member {
  return {
    id: row.id,
    email: person.email,
    name: person.name,
    role: row.role as Role,
    hasPassword: person.passwordHash !== null,
    passkeys: more.passkeys,
    secondFactor: person.secondFactor,
    lastSeenAt: more.lastSeenAt?.toISOString() ?? null,
    joinedAt: row.createdAt.toISOString(),
  };
}
