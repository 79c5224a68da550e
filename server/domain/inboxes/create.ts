import { randomInt } from "node:crypto";
import { z } from "zod";
import { findAgent } from "../agents/find.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { displayName, id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { addressTaken, localPart, requireOwnDomain } from "./address.ts";
import { requireNoInbox } from "./attach.ts";
import { claimAddress, claimFreeAddress } from "./claim-address.ts";
import { recordInboxEvent } from "./record.ts";
import { toInbox } from "./schemas.ts";

const CreateInboxInput = z.object({
  username: localPart
    .optional()
    .describe("The part before the @. Made of the agent's slug, or at random, when absent."),
  domain: z.string().optional().describe("The server's mail domain; it need not be named."),
  displayName: displayName.optional(),
  agentId: id.optional().describe("The agent it is for. Without one it takes no mail."),
});

/** An inbox, for an agent that has none or for later. CONFLICT for a taken address, or an agent that has an inbox. */
export const createInbox = verb({
  access: masterKey("inbox:write"),
  input: CreateInboxInput,
  run: async (ctx, input) => {
    const { services } = ctx;
    const orgId = orgOf(ctx);
    if (input.domain !== undefined) requireOwnDomain("domain", input.domain, services.config.mailDomain);
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const agent = input.agentId === undefined ? null : await findAgent(ctx, tx, input.agentId);
      if (agent) await requireNoInbox(tx, orgId, agent.id);
      const fields = { orgId, agentId: agent?.id ?? null, displayName: input.displayName ?? agent?.name ?? null };
      const inbox =
        input.username === undefined
          ? await claimFreeAddress(services, tx, agent?.slug ?? `inbox-${randomInt(100_000, 1_000_000)}`, fields)
          : await claimAddress(services, tx, input.username, fields);
      if (!inbox) throw addressTaken("username");
      await recordInboxEvent(ctx, tx, "inbox.created", inbox, inbox.agentId);
      return toInbox(inbox);
    });
  },
});
