import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";

/**
 * Ends a person's sessions in all organisations.
 *
 * @param exceptId the session that acts, where it is one of them
 */
export async function endSessionsOfPerson(
  services: Services,
  tx: Transaction,
  personId: string,
  exceptId = "",
): Promise<void> {
  const members = await tx.member.findMany({ where: { personId }, select: { orgId: true, id: true } });
  for (const { orgId, id } of members) {
    await tx.session.updateMany({
      where: { orgId, memberId: id, revokedAt: null, id: { not: exceptId } },
      data: { revokedAt: services.clock.now() },
    });
  }
}
