import { z } from "zod";
import { ID_PATTERN } from "#server/platform/ids.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toOrganization } from "./schemas.ts";

/** The organisations that the key may see: its own. Existing clients ask for this list first. */
export const listOrganizations = verb({
  access: anyKey(null),
  effect: "read",
  input: PageInput.extend({ query: z.string().max(200).optional().describe("Part of the name or slug.") }),
  run: async (ctx, input) => {
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const contains = { contains: input.query ?? "", mode: "insensitive" as const };
    const rows = await reader(ctx).organization.findMany({
      where: {
        AND: [{ id: orgOf(ctx) }, before ? { id: { lt: before } } : {}],
        ...(input.query ? { OR: [{ name: contains }, { slug: contains }] } : {}),
      },
      take: input.limit + 1,
    });
    return toPage(rows, input.limit, (row) => row.id, toOrganization);
  },
});
