import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, eventBase, orgOf, type Services } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { CarrierRefused } from "../phone/carrier.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { numberEvent } from "./provision.ts";

/** Gives a number back: at once nobody here has it, and the carrier is told. Somebody else may get it. NOT_FOUND. */
export const releaseNumber = verb({
  access: anyKey("phone:provision"),
  effect: "govern",
  input: z.object({ agentId: id.optional(), phoneNumber: z.string().trim().min(1).max(32) }),
  run: async (ctx, input) => {
    const agentId = resolveAgentId(ctx, input.agentId);
    await inTransaction(ctx, async (tx) => {
      const number = await tx.phoneNumber.findFirst({
        where: {
          orgId: orgOf(ctx),
          phoneNumber: input.phoneNumber,
          releasedAt: null,
          ...(agentId === undefined ? {} : { agentId }),
        },
      });
      if (!number) throw notFound("phone number");
      await release(ctx, tx, number);
    });
    return { success: true as const };
  },
});

/** Gives back all that an agent holds. @returns how many */
export async function releaseNumbersOf(ctx: Context, tx: Transaction, orgId: string, agentId: string): Promise<number> {
  const numbers = await tx.phoneNumber.findMany({ where: { orgId, agentId, releasedAt: null } });
  for (const number of numbers) await release(ctx, tx, number);
  return numbers.length;
}

async function release(ctx: Context, tx: Transaction, number: PhoneNumber): Promise<void> {
  const { orgId, id } = number;
  const { count } = await tx.phoneNumber.updateMany({
    where: { orgId, id, releasedAt: null },
    data: { releasedAt: ctx.services.clock.now() },
  });
  if (count === 0) throw notFound("phone number");
  const event = numberEvent(number, "voice.number.released", eventBase(ctx));
  await emit(ctx.services, tx, event, { task: "return-number", payload: { orgId, id } });
}

/** Tells the carrier that a number is not wanted any more. Rejects where it does not answer: it is tried again. */
export async function returnNumber(services: Services, { orgId, id }: { orgId: string; id: string }): Promise<void> {
  const { prisma } = services.db;
  const number = await prisma.phoneNumber.findUnique({ where: { orgId_id: { orgId, id } } });
  if (!number || number.releasedAt === null || number.returnedAt !== null) return;
  try {
    await services.carrier.releaseNumber(number.providerId);
  } catch (error) {
    if (!(error instanceof CarrierRefused) || error.retryable) throw error;
    services.log.warn({ code: error.code, phoneNumberId: id }, "the carrier did not take a number back");
  }
  await prisma.phoneNumber.update({
    where: { orgId_id: { orgId, id } },
    data: { returnedAt: services.clock.now() },
  });
}
