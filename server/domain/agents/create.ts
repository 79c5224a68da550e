import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { grantableScopes } from "../api-keys/grantable.ts";
import { masterKey } from "../authorise.ts";
import { requireRoom } from "../billing/stocks.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { invalidField, notFound } from "../errors.ts";
import { displayName, flag, metadata, slug } from "../fields.ts";
import { addressTaken, inboxId, localPartOf } from "../inboxes/address.ts";
import { attachInbox } from "../inboxes/attach.ts";
import { claimAddress, claimFreeAddress } from "../inboxes/claim-address.ts";
import { findInbox } from "../inboxes/find.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { slugFrom } from "../slug.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { agentCreated, insertAgent } from "./insert.ts";
import { freeSlug, requireFreeSlug } from "./slug.ts";
import { viewAgent } from "./view.ts";

const CreateAgentInput = z.object({
  name: displayName,
  slug: slug.optional().describe("Made of the name when absent."),
  email: z
    .string()
    .max(320)
    .optional()
    .describe("An address on the server's mail domain, or the part before the @. Made of the slug when absent."),
  inboxId: inboxId.optional().describe("An inbox without an agent, instead of a new one."),
  metadata: metadata.optional(),
  orgId: z.string().optional().describe("The organisation of the key; it need not be named."),
  provisionPhone: flag.optional().describe("Only false: a number is bought with POST /v1/phone/provision."),
});

/**
 * An agent with its inbox and its key, all or nothing.
 * PAYMENT_REQUIRED over the plan; CONFLICT for a slug, address or inbox that is taken; NOT_FOUND for another's
 * organisation or inbox.
 */
export const createAgent = verb({
  access: masterKey("agents:write"),
  input: CreateAgentInput,
  run: (ctx, input) => {
    const orgId = orgOf(ctx);
    if (input.orgId !== undefined && input.orgId !== orgId) throw notFound("organization");
    if (input.email !== undefined && input.inboxId !== undefined) {
      throw invalidField("inboxId", "cannot be given together with email: an agent has one inbox.");
    }
    if (input.provisionPhone) {
      throw invalidField(
        "provisionPhone",
        "a number is bought by itself: leave this out, then POST /v1/phone/provision with the agent's id.",
      );
    }
    return inTransaction(ctx, (tx) => create(ctx, tx, orgId, input));
  },
});

async function create(ctx: Context, tx: Transaction, orgId: string, input: z.output<typeof CreateAgentInput>) {
  const { services } = ctx;
  const { tier } = await lockOrganization(tx, orgId);
  await requireRoom(ctx, tx, tier, "agents", { channel: "agent", event: "agent.creation.refused" });
  if (input.slug !== undefined) await requireFreeSlug(tx, orgId, input.slug);
  const { agent, key, keyRow } = await insertAgent(services, tx, {
    orgId,
    name: input.name,
    slug: input.slug ?? (await freeSlug(tx, orgId, slugFrom(input.name))),
    ...(input.metadata ? { metadata: input.metadata } : {}),
    scopes: grantableScopes(ctx),
  });
  const inbox = await giveInbox(ctx, tx, agent, input);
  await emit(services, tx, { ...eventBase(ctx), ...agentCreated(agent, inbox, keyRow) });
  return { ...(await viewAgent(tx, services.config, agent)), apiKey: key };
}

async function giveInbox(
  ctx: Context,
  tx: Transaction,
  agent: { id: string; orgId: string; name: string; slug: string },
  input: { email?: string | undefined; inboxId?: string | undefined },
): Promise<Inbox> {
  const { services } = ctx;
  if (input.inboxId !== undefined) {
    return attachInbox(ctx, tx, await findInbox(ctx, tx, input.inboxId), agent.id);
  }
  const fields = { orgId: agent.orgId, agentId: agent.id, displayName: agent.name };
  if (input.email === undefined) return claimFreeAddress(services, tx, agent.slug, fields);
  const local = localPartOf("email", input.email, services.config.mailDomain);
  const inbox = await claimAddress(services, tx, local, fields);
  if (!inbox) throw addressTaken("email");
  return inbox;
}
