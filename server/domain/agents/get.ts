import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";
import { viewAgent } from "./view.ts";

/** One agent. An agent's key reads its own. */
export const getAgent = verb({
  access: anyKey("agents:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const db = reader(ctx);
    return viewAgent(db, ctx.services.config, await findAgent(ctx, db, input.id));
  },
});
