import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findOwnOrganization } from "./own.ts";
import { toOrganization } from "./schemas.ts";

/** The organisation of the key, by its id. */
export const getOrganization = verb({
  access: anyKey(null),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => toOrganization(await findOwnOrganization(ctx, reader(ctx), input.id)),
});
