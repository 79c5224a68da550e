import type { Transaction } from "#server/platform/database.ts";
import type { Person } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { recordForPerson } from "./record.ts";
import { endSessionsOfPerson } from "./sessions.ts";

/**
 * Notes that somebody has answered a mail to the person's address. The first time, password and passkeys that were set
 * before are dropped, and sessions end: where invitations are handed over by hand, somebody else may have taken the
 * address in advance to be this person later.
 *
 * @param sameBrowser whether this browser has already signed in as the person: then it is the same one who set them
 */
export async function proveAddress(
  services: Services,
  tx: Transaction,
  person: Person,
  sameBrowser: boolean,
  ids: { requestId: string | null; correlationId: string },
): Promise<Person> {
  if (person.emailVerifiedAt) return person;
  const now = services.clock.now();
  const proven = { emailVerifiedAt: now, updatedAt: now };
  if (sameBrowser) return tx.person.update({ where: { id: person.id }, data: proven });
  const dropped = await tx.passkey.deleteMany({ where: { personId: person.id } });
  await endSessionsOfPerson(services, tx, person.id);
  if (dropped.count > 0 || person.passwordHash !== null) {
    await recordForPerson(services, tx, person.id, ids, {
      event: "console.account.reset",
      result: "SUCCESS",
      actor: "self",
      data: { passkeys: dropped.count, password: person.passwordHash !== null },
      personal: { detail: `What was set before ${person.email} was proven no longer opens anything` },
    });
  }
  return tx.person.update({
    where: { id: person.id },
    data: { ...proven, passwordHash: null, secondFactor: false },
  });
}
