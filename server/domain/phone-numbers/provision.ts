import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { resolveAgent } from "../agents/resolve.ts";
import { masterKey } from "../authorise.ts";
import { periodsAt } from "../billing/periods.ts";
import { requireRoom } from "../billing/stocks.ts";
import { type Context, eventBase } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { claimKey, KeyTaken, storeAnswer } from "../idempotency/claim.ts";
import { lockOrganization } from "../organizations/lock.ts";
import type { BoughtNumber } from "../phone/carrier.ts";
import { fromCarrier } from "../phone/provider-error.ts";
import { refuseRepeated } from "../phone/refusal.ts";
import { tokenOf } from "../phone/token.ts";
import { emit, openTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { heldNumbers } from "./find.ts";
import { recordMonth } from "./month.ts";
import { type PhoneIdentity, toPhoneIdentity } from "./schemas.ts";
import { areaCode, capabilities, countryCode, numberType } from "./search.ts";

export const PROVISION_STATUS = 201;

const ProvisionInput = z.object({
  agentId: id.optional(),
  phoneNumber: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, "must be E.164, such as +12125550199.")
    .optional()
    .describe("One that a search has found. Default: the first one that fits."),
  countryCode,
  areaCode: areaCode.optional(),
  capabilities: capabilities.default(["sms", "voice"]),
  numberType: numberType.optional(),
});
type ProvisionInput = z.output<typeof ProvisionInput>;

/**
 * Buys a number for an agent. It is charged for the month at once, and again each month until it is released.
 * PAYMENT_REQUIRED (the plan allows no more), CONFLICT (none is for sale, or the named one is gone), PHONE_PROVIDER_ERROR.
 */
export const provisionNumber = verb({
  access: masterKey("phone:provision"),
  input: ProvisionInput,
  run: async (ctx, input): Promise<PhoneIdentity> => {
    const agent = await resolveAgent(ctx, input.agentId);
    await refuseRepeated(ctx);
    await openTransaction(ctx.services, (tx) => requireRoomForOne(ctx, tx, agent));
    const phoneNumber = input.phoneNumber ?? (await findOne(ctx, input));
    const numberId = newId();
    const order = { orgId: agent.orgId, token: tokenOf(agent.orgId, numberId) };
    const bought = await fromCarrier(ctx.services.carrier.buyNumber(phoneNumber, order));
    try {
      return await openTransaction(ctx.services, (tx) => store(ctx, tx, agent, input, { ...bought, id: numberId }));
    } catch (error) {
      // It was bought for nobody: the plan's last one went to another request, or this one was answered meanwhile.
      // Of any other failure nobody knows whether it was committed.
      if (error instanceof DomainError || error instanceof KeyTaken) {
        await ctx.services.carrier.releaseNumber(bought.providerId);
      }
      throw error;
    }
  },
});

async function requireRoomForOne(ctx: Context, tx: Transaction, { orgId, agentId }: AgentProfile): Promise<void> {
  const { tier } = await lockOrganization(tx, orgId);
  const denied = { channel: "voice", event: "voice.number.refused", agentId } as const;
  await requireRoom(ctx, tx, tier as Tier, "phone_numbers", denied);
}

/** CONFLICT where the carrier has none like it. */
async function findOne(ctx: Context, input: ProvisionInput): Promise<string> {
  const { countryCode, capabilities } = input;
  const { areaCode = null, numberType = null } = input;
  const query = { countryCode, capabilities, areaCode, numberType, contains: null, limit: 1 };
  const [found] = await fromCarrier(ctx.services.carrier.searchNumbers(query));
  if (found) return found.phoneNumber;
  throw new DomainError("CONFLICT", "The carrier has no such number for sale. Try another area code or country.", {
    details: { field: input.areaCode === undefined ? "countryCode" : "areaCode" },
  });
}

async function store(
  ctx: Context,
  tx: Transaction,
  agent: AgentProfile,
  input: ProvisionInput,
  bought: BoughtNumber & { id: string },
): Promise<PhoneIdentity> {
  const { services } = ctx;
  const { orgId, agentId } = agent;
  const now = services.clock.now();
  if (ctx.claim && !(await claimKey(services, tx, ctx.claim))) throw new KeyTaken();
  await requireRoomForOne(ctx, tx, agent);
  const held = (await heldNumbers(tx, orgId)).length;
  const { month } = periodsAt(now, agent.org.timeZone);
  const row: PhoneNumber = {
    orgId,
    id: bought.id,
    agentId,
    phoneNumber: bought.phoneNumber,
    countryCode: input.countryCode,
    numberType: input.numberType ?? "local",
    capabilities: bought.capabilities,
    carrier: services.carrier.name,
    providerId: bought.providerId,
    paidMonth: new Date(`${month}T00:00:00Z`),
    createdAt: now,
    releasedAt: null,
    returnedAt: null,
  };
  const event = numberEvent(row, "voice.number.provisioned", eventBase(ctx));
  const eventId = await emit(services, tx, event);
  await tx.phoneNumber.create({ data: row });
  await recordMonth(services, tx, row, { eventId, held, timeZone: agent.org.timeZone });
  const isPrimary = (await heldNumbers(tx, orgId, [agentId]))[0]?.id === row.id;
  const answer = toPhoneIdentity(row, isPrimary);
  if (ctx.claim) {
    const headers = { "content-type": "application/json", "x-correlation-id": ctx.correlationId };
    await storeAnswer(services, tx, ctx.claim, { status: PROVISION_STATUS, headers, body: JSON.stringify(answer) });
  }
  return answer;
}

/** What happens to a number, on the log. */
export function numberEvent(
  row: PhoneNumber,
  event: `voice.number.${string}`,
  by: Pick<ReturnType<typeof eventBase>, "actorType" | "actorId" | "correlationId"> & { requestId?: string | null },
) {
  return {
    ...by,
    orgId: row.orgId,
    channel: "voice" as const,
    event,
    result: "SUCCESS" as const,
    agentId: row.agentId,
    resourceType: "phone_number",
    resourceId: row.id,
    data: { carrier: row.carrier, country: row.countryCode, type: row.numberType },
    personal: { detail: row.phoneNumber, phoneNumber: row.phoneNumber },
  };
}
