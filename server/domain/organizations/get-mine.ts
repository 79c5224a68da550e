import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toOrganization } from "./schemas.ts";

/** The organisation of the key. */
export const getMyOrganization = verb({
  access: anyKey(null),
  input: z.object({}),
  run: async (ctx) => {
    const row = await reader(ctx).organization.findUnique({ where: { id: orgOf(ctx) } });
    if (!row) throw notFound("organization");
    return toOrganization(row);
  },
});
