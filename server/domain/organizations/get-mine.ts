import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { verb } from "../verb.ts";
import { toOrganization } from "./schemas.ts";

/** The organisation of the key. Clients ask it first and often, so it is remembered like the key itself. */
export const getMyOrganization = verb({
  access: anyKey(null),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const row = await ctx.services.directory.organization(orgOf(ctx));
    if (!row) throw notFound("organization");
    return toOrganization(row);
  },
});
