import type { Transaction } from "#server/platform/database.ts";
import type { ContactLocation as Row } from "#server/platform/generated/client.ts";
import { masterKey } from "../../authorise.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { strictBody } from "../../fields.ts";
import { emit, inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { phoneNumber } from "../fields.ts";
import { lockNumber } from "../lock-number.ts";
import { checkLocation, locationFields, toLocation } from "./schemas.ts";

type Location = { state?: string | undefined; timeZone?: string | undefined };

/**
 * Says where the person of a number is, in place of what was said before. It moves the hours at which they may be called,
 * earlier or later, so an agent may not.
 */
export const setLocation = verb({
  access: masterKey("compliance:write"),
  input: strictBody({ phoneNumber, ...locationFields }).superRefine(checkLocation),
  run: (ctx, { phoneNumber, ...location }) =>
    inTransaction(ctx, async (tx) => toLocation(await storeLocation(ctx, tx, phoneNumber, location))),
});

/** Forgets it: the area code says again where the number is. NOT_FOUND where nothing was said. */
export const removeLocation = verb({
  access: masterKey("compliance:write"),
  input: strictBody({ phoneNumber }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const of = { orgId: orgOf(ctx), phoneNumber: input.phoneNumber };
      await lockNumber(tx, of.orgId, of.phoneNumber);
      const { count } = await tx.contactLocation.deleteMany({ where: of });
      if (count === 0) throw notFound("location");
      await record(ctx, tx, "voice.location.removed", of.phoneNumber, null);
      return { success: true as const };
    }),
});

/** Writes a location, in the caller's transaction. */
export async function storeLocation(ctx: Context, tx: Transaction, number: string, location: Location): Promise<Row> {
  const of = { orgId: orgOf(ctx), phoneNumber: number };
  await lockNumber(tx, of.orgId, number);
  const { state = null, timeZone = null } = location;
  const values = { state, timeZone, updatedAt: ctx.services.clock.now() };
  const row = await tx.contactLocation.upsert({
    where: { orgId_phoneNumber: of },
    create: { ...of, ...values },
    update: values,
  });
  await record(ctx, tx, "voice.location.stored", number, row);
  return row;
}

/** Where somebody is, is as personal as the number. */
function record(ctx: Context, tx: Transaction, event: string, number: string, row: Row | null) {
  const where = row && [row.state, row.timeZone].filter(Boolean).join(", ");
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: orgOf(ctx),
    channel: "voice",
    event,
    result: "SUCCESS",
    personal: { phoneNumber: number, detail: where ? `${number}: ${where}` : number },
  });
}
