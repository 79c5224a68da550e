import { ID_PATTERN } from "#server/platform/ids.ts";
import { flag, id } from "../fields.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration, ownKeys } from "./fields.ts";
import { toApiKey } from "./schemas.ts";

/** The keys of the organisation, newest first; never the keys themselves. */
export const listApiKeys = verb({
  access: keyAdministration,
  input: PageInput.extend({ agentId: id.optional(), includeRevoked: flag.default(false) }),
  run: async (ctx, input) => {
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const rows = await reader(ctx).apiKey.findMany({
      where: {
        ...ownKeys(ctx),
        ...(input.agentId === undefined ? {} : { agentId: input.agentId }),
        ...(input.includeRevoked ? {} : { revokedAt: null }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    return toPage(rows, input.limit, (row) => row.id, toApiKey);
  },
});
