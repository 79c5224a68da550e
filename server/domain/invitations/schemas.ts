import type { Invitation as Row } from "#server/platform/generated/client.ts";
import type { Role } from "../members/roles.ts";

/** An open invitation as the console shows it. */
export type Invitation = {
  id: string;
  email: string;
  role: Role;
  delivery: "MAIL" | "LINK";
  /** When the mail left; null while it waits, and for one that is handed over as a link. */
  mailedAt: string | null;
  expiresAt: string;
  expired: boolean;
  createdAt: string;
};

export function toInvitation(row: Row, now: Date): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role as Role,
    delivery: row.delivery as Invitation["delivery"],
    mailedAt: row.mailedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    expired: row.expiresAt <= now,
    createdAt: row.createdAt.toISOString(),
  };
}
