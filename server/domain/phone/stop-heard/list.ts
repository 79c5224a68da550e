import { ID_PATTERN } from "#server/platform/ids.ts";
import { masterKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { decodeCursor, PageInput, toPage } from "../../pagination.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { threadIdOf } from "../chain.ts";
import type { PhoneChannel } from "../gates/types.ts";

/** What people said in calls or wrote in texts that sounds like "stop", and nobody has acted on yet; newest first. */
export const listStopHeard = verb({
  access: masterKey("compliance:read"),
  effect: "read",
  input: PageInput,
  run: async (ctx, input) => {
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const rows = await reader(ctx).stopHeard.findMany({
      where: { orgId: orgOf(ctx), settledAt: null, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    return toPage(
      rows,
      input.limit,
      (row) => row.id,
      ({ id, channel, resourceId, agentId, phoneNumber, ownNumber, words, correlationId, heardAt }) => ({
        id,
        channel: channel as PhoneChannel,
        resourceId,
        /** The conversation that a text belongs to. */
        threadId: channel === "sms" ? threadIdOf(agentId, ownNumber, phoneNumber) : null,
        agentId,
        phoneNumber,
        toNumber: ownNumber,
        words,
        correlationId,
        heardAt: heardAt.toISOString(),
      }),
    );
  },
});

export type StopHeard = Awaited<ReturnType<typeof listStopHeard>>["items"][number];
