import { ID_PATTERN } from "#server/platform/ids.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toMember } from "./schemas.ts";

/** The members of the organisation, in the order in which they joined. NOT_FOUND for another's. */
export const listMembers = verb({
  access: masterKey("*"),
  effect: "read",
  input: PageInput.extend({ id: id.optional().describe("The organisation of the key; it need not be named.") }),
  run: async (ctx, input) => {
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    if (input.id !== undefined && input.id !== orgId) throw notFound("organization");
    const after = decodeCursor(input.cursor, ID_PATTERN);
    const rows = await db.member.findMany({
      where: { orgId, ...(after === undefined ? {} : { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: input.limit + 1,
    });
    const personIds = rows.map((row) => row.personId);
    const [people, passkeys, sessions] = await Promise.all([
      db.person.findMany({ where: { id: { in: personIds } } }),
      db.passkey.groupBy({ by: ["personId"], where: { personId: { in: personIds } }, _count: true }),
      db.session.groupBy({
        by: ["memberId"],
        where: { orgId, memberId: { in: rows.map((row) => row.id) } },
        _max: { lastSeenAt: true },
      }),
    ]);
    const personOf = new Map(people.map((person) => [person.id, person]));
    const passkeysOf = new Map(passkeys.map((group) => [group.personId, group._count]));
    const seenOf = new Map(sessions.map((group) => [group.memberId, group._max.lastSeenAt]));
    // A member whose person is being removed at this moment.
    const known = rows.filter((row) => personOf.has(row.personId));
    return toPage(
      known,
      input.limit,
      (row) => row.id,
      (row) => {
        const person = personOf.get(row.personId);
        if (!person) throw new TypeError("members without a person were left out");
        return toMember(row, person, {
          passkeys: passkeysOf.get(row.personId) ?? 0,
          lastSeenAt: seenOf.get(row.id) ?? null,
        });
      },
    );
  },
});
