import { z } from "zod";
import type { Person, Member as Row } from "#server/platform/generated/client.ts";
import { ROLES, type Role } from "./roles.ts";

export const role = z.enum(ROLES);

export const Member = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    role,
    hasPassword: z.boolean(),
    passkeys: z.number().int(),
    secondFactor: z.boolean(),
    lastSeenAt: z.iso.datetime().nullable(),
    joinedAt: z.iso.datetime(),
  })
  .meta({ id: "Member" });
export type Member = z.infer<typeof Member>;

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
