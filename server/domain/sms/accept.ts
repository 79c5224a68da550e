import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber, Prisma } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { requireStillActive } from "../agents/resolve.ts";
import { periodsAt } from "../billing/periods.ts";
import { recordUsage } from "../billing/record-usage.ts";
import { toRefusal } from "../billing/refusal.ts";
import { LimitReached, spendIn, spending } from "../billing/spend.ts";
import { type Context, eventBase } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError } from "../errors.ts";
import { claimKey, KeyTaken, storeAnswer } from "../idempotency/claim.ts";
import { type Message, toMessage } from "../messages/schemas.ts";
import { threadIdOf } from "../phone/chain.ts";
import { claimAttempt, type passGates } from "../phone/gates/check.ts";
import { refused } from "../phone/refusal.ts";
import { emit, openTransaction } from "../transaction.ts";
import type { Segments } from "./segments.ts";
import type { SendSmsInput } from "./send.ts";
import { storeText } from "./store.ts";

type AcceptedOrder = {
  agent: AgentProfile;
  number: PhoneNumber;
  passed: Awaited<ReturnType<typeof passGates>>;
  input: SendSmsInput;
  segments: Segments;
};

/**
 * Accepts a text in one transaction: the claim of the idempotency key, the attempt, its segments against all limits, the
 * message, the event and through it the job that asks the carrier.
 */
export async function acceptText(ctx: Context, order: AcceptedOrder): Promise<Message> {
  const { services } = ctx;
  const { agent, passed } = order;
  const { orgId, agentId } = agent;
  try {
    const message = await spending(services, orgId, "sms_sent", () =>
      openTransaction(services, (tx) => write(ctx, tx, order)),
    );
    services.budgetWatch.touch(orgId, agentId, "sms_sent");
    return message;
  } catch (error) {
    const attempted = { event: "sms.refused", to: passed.to } as const;
    if (error instanceof DomainError) throw refused(ctx, agent, attempted, error);
    if (!(error instanceof LimitReached)) throw error;
    services.budgetWatch.touch(orgId, agentId, "sms_sent", error);
    throw refused(ctx, agent, attempted, await toRefusal(services, orgId, error));
  }
}

async function write(
  ctx: Context,
  tx: Transaction,
  { agent, number, passed, input, segments: counted }: AcceptedOrder,
): Promise<Message> {
  const { services } = ctx;
  const { orgId, agentId } = agent;
  const now = services.clock.now();
  const id = newId();
  if (ctx.claim && !(await claimKey(services, tx, ctx.claim))) throw new KeyTaken();
  await requireStillActive(ctx, tx, agent);
  await claimAttempt(tx, ctx, passed, id);
  const { segments } = counted;
  const day = periodsAt(now, agent.org.timeZone).day;
  const charge = await spendIn(tx, { orgId, agentId, meter: "sms_sent", units: segments, day });
  const { phoneNumber: from } = number;
  const channel = input.mediaUrls.length > 0 ? "MMS" : "SMS";
  const eventId = await emit(
    services,
    tx,
    {
      ...eventBase(ctx),
      orgId,
      channel: "sms",
      event: "sms.queued",
      direction: "OUTBOUND",
      result: "SUCCESS",
      agentId,
      resourceType: "message",
      resourceId: id,
      data: { segments, encoding: counted.encoding, media: input.mediaUrls.length },
      personal: { detail: `${from} to ${passed.to}`, from, to: passed.to },
    },
    { task: "send-sms", payload: { orgId, messageId: id } },
  );
  await recordUsage(tx, {
    orgId,
    agentId,
    eventId,
    meter: "sms_sent",
    quantity: segments,
    resourceId: id,
    now,
    ...charge,
  });
  const row = await storeText(tx, {
    orgId,
    id,
    agentId,
    channel,
    direction: "OUTBOUND",
    status: "QUEUED",
    ours: from,
    theirs: passed.to,
    body: input.body,
    mediaUrls: input.mediaUrls,
    segments,
    metadata: (input.metadata ?? {}) as Prisma.InputJsonObject,
    threadId: threadIdOf(agentId, from, passed.to),
    correlationId: ctx.correlationId,
    eventId,
    at: now,
  });
  const answer = toMessage(row, [], services.config.publicUrl);
  if (ctx.claim) {
    const headers = { "content-type": "application/json", "x-correlation-id": ctx.correlationId };
    await storeAnswer(services, tx, ctx.claim, { status: 201, headers, body: JSON.stringify(answer) });
  }
  return answer;
}
