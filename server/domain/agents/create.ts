import { z } from "zod";
import type { FollowUp } from "#server/audit/append.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Agent, Inbox } from "#server/platform/generated/client.ts";
import { grantableScopes } from "../api-keys/grantable.ts";
import { authorise, masterKey } from "../authorise.ts";
import { requireRoom } from "../billing/stocks.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { invalidField, notFound } from "../errors.ts";
import { displayName, flag, metadata, slug } from "../fields.ts";
import { addressTaken, inboxId, localPartOf } from "../inboxes/address.ts";
import { attachInbox } from "../inboxes/attach.ts";
import { claimAddress, claimFreeAddress } from "../inboxes/claim-address.ts";
import { findInbox } from "../inboxes/find.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { USUAL_COUNTRY } from "../phone-numbers/for-sale.ts";
import { insertOrder, requireRoomForNumber } from "../phone-numbers/order.ts";
import { provisionNumber } from "../phone-numbers/provision.ts";
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
  provisionPhone: flag
    .optional()
    .describe(
      "Buys a number for calls and texts too. It is the agent's some seconds later, as voice.number.provisioned says; one of your choice is bought with POST /v1/phone/provision.",
    ),
});

/**
 * An agent with its inbox and its key, and the order of its number where one is wanted, all or nothing.
 * PAYMENT_REQUIRED over the plan, of agents or of numbers; CONFLICT for a slug, address or inbox that is taken; NOT_FOUND for another's
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
    if (input.provisionPhone) authorise(ctx, provisionNumber.access, provisionNumber.effect);
    return inTransaction(ctx, (tx) => create(ctx, tx, orgId, input));
  },
});

async function create(ctx: Context, tx: Transaction, orgId: string, input: z.output<typeof CreateAgentInput>) {
  const { services } = ctx;
  const { tier } = await lockOrganization(tx, orgId);
  await requireRoom(ctx, tx, tier, "agents", { channel: "agent", event: "agent.creation.refused" });
  if (input.provisionPhone) await requireRoomForNumber(ctx, tx, tier);
  if (input.slug !== undefined) await requireFreeSlug(tx, orgId, input.slug);
  const { agent, key, keyRow } = await insertAgent(services, tx, {
    orgId,
    name: input.name,
    slug: input.slug ?? (await freeSlug(tx, orgId, slugFrom(input.name))),
    ...(input.metadata ? { metadata: input.metadata } : {}),
    scopes: grantableScopes(ctx),
  });
  const inbox = await giveInbox(ctx, tx, agent, input);
  const created = { ...eventBase(ctx), ...agentCreated(agent, inbox, keyRow) };
  await emit(services, tx, created, input.provisionPhone ? await orderNumber(ctx, tx, agent) : null);
  return { ...(await viewAgent(tx, services.config, agent)), apiKey: key };
}

/** The carrier is asked by a job: its answer may take seconds, and the agent is there without it. */
async function orderNumber(ctx: Context, tx: Transaction, { orgId, id: agentId }: Agent): Promise<FollowUp> {
  const wanted = { phoneNumber: null, countryCode: USUAL_COUNTRY, numberType: "local" };
  const order = await insertOrder(ctx, tx, { orgId, agentId }, wanted);
  return { task: "buy-number", payload: { orgId, id: order.id } };
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
