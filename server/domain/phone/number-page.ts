import { decodeCursor, PageInput } from "../pagination.ts";
import { phoneNumber } from "./fields.ts";

/** A number of a cursor. */
const E164 = /^\+\d{4,15}$/;

/** A page of a list that has one line for each number. */
export const NumberPageInput = PageInput.extend({
  phoneNumber: phoneNumber.optional().describe("Whether this one is on it."),
});

/** Such a page, by number, with one line more: toPage sees by it whether there is another. */
export function numberPage(
  orgId: string,
  {
    phoneNumber: only,
    cursor,
    limit,
  }: { phoneNumber?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(cursor, E164);
  const phoneNumber = {
    ...(only === undefined ? {} : { equals: only }),
    ...(after === undefined ? {} : { gt: after }),
  };
  return { where: { orgId, phoneNumber }, orderBy: { phoneNumber: "asc" }, take: limit + 1 } as const;
}
