import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { heldNumbers } from "./find.ts";
import { PhoneIdentity, toPhoneIdentities } from "./schemas.ts";

export const PhoneList = z.object({ items: z.array(PhoneIdentity) }).meta({ id: "PhoneList" });

/** The numbers that an agent, or with the master key all agents, hold, oldest first. */
export const listNumbers = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: z.object({ agentId: id.optional() }),
  run: async (ctx, input): Promise<z.infer<typeof PhoneList>> => {
    const agentId = resolveAgentId(ctx, input.agentId);
    const rows = await heldNumbers(reader(ctx), orgOf(ctx), agentId === undefined ? undefined : [agentId]);
    return { items: toPhoneIdentities(rows) };
  },
});
