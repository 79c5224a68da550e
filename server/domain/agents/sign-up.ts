import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { anyone } from "../authorise.ts";
import type { Context } from "../context.ts";
import { displayName, flag, slug } from "../fields.ts";
import { addressTaken } from "../inboxes/address.ts";
import { claimAddress, freeLocalParts } from "../inboxes/claim-address.ts";
import { createOrganization } from "../organizations/create.ts";
import { personEmail, refuseAgentsAddress } from "../people/email.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { issueChallenge } from "./challenge.ts";
import { agentCreated, insertAgent } from "./insert.ts";
import { authTypeOf } from "./schemas.ts";
import { takeSignUp } from "./sign-up-limit.ts";

const SUGGESTIONS = 3;

const SignUpInput = z.object({
  human_email: personEmail.describe("The human who answers for the agent. A code is mailed to them."),
  username: slug.describe("The part before the @ of the agent's address."),
  name: displayName.optional().describe("The username when absent."),
  provision_vault: flag.optional().describe("Accepted, without effect: this server has no vault yet."),
});

/**
 * An agent signs itself up: a FREE organisation with agent, inbox and key, all or nothing, and a code for its human.
 * The organisation's master key is made, but disclosed to nobody: the human may claim it later.
 * CONFLICT for a taken username (details.suggestions), and for a human who has an organisation; RATE_LIMIT.
 */
export const signUp = verb({
  access: anyone,
  input: SignUpInput,
  run: async (ctx, input) => {
    refuseAgentsAddress(ctx.services.config, "human_email", input.human_email);
    await takeSignUp(ctx);
    return inTransaction(ctx, (tx) => create(ctx, tx, input));
  },
});

async function create(ctx: Context, tx: Transaction, input: z.output<typeof SignUpInput>) {
  const { services, requestId, correlationId } = ctx;
  const { organization, eventId } = await createOrganization(services, tx, {
    name: input.username,
    tier: "FREE",
    origin: "SIGN_UP",
    humanEmail: input.human_email,
    correlationId,
    requestId,
  });
  const orgId = organization.id;
  const { agent, key, keyRow } = await insertAgent(services, tx, {
    orgId,
    name: input.name ?? input.username,
    slug: input.username,
    scopes: ["*"],
  });
  const inbox = await claimAddress(services, tx, input.username, {
    orgId,
    agentId: agent.id,
    displayName: agent.name,
  });
  if (!inbox) throw addressTaken("username", await freeLocalParts(services, tx, input.username, SUGGESTIONS));

  // Whoever asked, perhaps with a key of another organisation, is nobody in this one.
  const cause = { actorType: "SYSTEM" as const, actorId: "SIGN_UP", requestId, correlationId, parentId: eventId };
  await emit(services, tx, { ...cause, ...agentCreated(agent, inbox, keyRow) });
  await issueChallenge(services, tx, { orgId, id: agent.id, humanEmail: input.human_email }, cause);
  return {
    agent_id: agent.id,
    organization_id: orgId,
    inbox_id: inbox.email,
    api_key: key,
    auth_type: authTypeOf(organization.ownership),
    vault_id: null,
  };
}
