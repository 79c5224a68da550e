import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, eventBase, orgOf, type Services } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { holderOf } from "./find.ts";
import { numberEvent } from "./record.ts";

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

/**
 * Tells the carrier that a number is not wanted any more. Rejects where it does not take it back: it is tried again, by the
 * queue for some days, by `return-numbers` after that, since the carrier charges for it until then.
 */
export async function returnNumber(services: Services, { orgId, id }: { orgId: string; id: string }): Promise<void> {
  const { prisma } = services.db;
  const number = await prisma.phoneNumber.findUnique({ where: { orgId_id: { orgId, id } } });
  if (!number || number.releasedAt === null || number.returnedAt !== null) return;
  if (number.carrier !== services.carrier.name) throw new TypeError(`the number is ${number.carrier}'s to take back`);
  if (!(await isSoldAgain(services, number))) await services.carrier.releaseNumber(number.providerId);
  await prisma.phoneNumber.update({
    where: { orgId_id: { orgId, id } },
    data: { returnedAt: services.clock.now() },
  });
}

/**
 * Whoever has it by now got it from the carrier, so it had gone back: it must not be taken from them. Rejects while it is
 * being ordered, which shows soon whether it had.
 */
async function isSoldAgain({ db }: Services, { phoneNumber, providerId }: PhoneNumber): Promise<boolean> {
  const orders = await db.prisma.numberOrder.count({ where: { phoneNumber } });
  if (orders > 0) throw new Error("the number is being ordered at this moment");
  const holder = await holderOf(db.prisma, phoneNumber);
  return holder?.providerId === providerId;
}

const BATCH = 100;
const TRIED_BY_THE_QUEUE_DAYS = 3;

/** Tries again to give back what the carrier has not taken for days. Each is tried once. */
export async function returnNumbers(services: Services): Promise<void> {
  const { carrier, clock, db, log } = services;
  let before = new Date(clock.now().getTime() - TRIED_BY_THE_QUEUE_DAYS * 86_400_000);
  for (;;) {
    const waiting = await db.prisma.phoneNumber.findMany({
      where: { carrier: carrier.name, releasedAt: { lt: before }, returnedAt: null },
      orderBy: { releasedAt: "desc" },
      take: BATCH,
    });
    for (const { orgId, id } of waiting) {
      await returnNumber(services, { orgId, id }).catch((err) => {
        log.warn({ err, orgId, phoneNumberId: id }, "the carrier does not take a number back, and charges for it");
      });
    }
    const last = waiting.at(-1)?.releasedAt;
    if (!last || waiting.length < BATCH) return;
    before = last;
  }
}
