import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { inboxId } from "./address.ts";
import { findInbox } from "./find.ts";
import { toInbox } from "./schemas.ts";

/** One inbox, by its id or its address. An agent's key reads its own. */
export const getInbox = verb({
  access: anyKey("inbox:read"),
  effect: "read",
  input: z.object({ id: inboxId }),
  run: async (ctx, input) => toInbox(await findInbox(ctx, reader(ctx), input.id)),
});
