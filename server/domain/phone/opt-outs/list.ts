import { z } from "zod";
import type { OptOut as Row } from "#server/platform/generated/client.ts";
import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { toPage } from "../../pagination.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { NumberPageInput, numberPage } from "../number-page.ts";

export const SmsSuppression = z
  .object({
    phoneNumber: z.string(),
    channel: z.string().describe("Where it was said: sms or voice. It holds for both."),
    keyword: z.string().nullable(),
    agentId: z.string().nullable().describe("The agent that it was said to."),
    toNumber: z.string().nullable().describe("The organisation's number that it was said to, where that is known."),
    correlationId: z.string().nullable().describe("The chain that it was said in, where that is known."),
    createdAt: z.string(),
  })
  .meta({ id: "SmsSuppression" });

export function toSuppression(row: Row): z.infer<typeof SmsSuppression> {
  return {
    phoneNumber: row.phoneNumber,
    channel: row.channel,
    keyword: row.word,
    agentId: row.agentId,
    toNumber: row.ownNumber,
    correlationId: row.correlationId,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Who has said stop, by number. */
export const listSuppressions = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: NumberPageInput,
  run: async (ctx, input) => {
    const rows = await reader(ctx).optOut.findMany(numberPage(orgOf(ctx), input));
    return toPage(rows, input.limit, (row) => row.phoneNumber, toSuppression);
  },
});
