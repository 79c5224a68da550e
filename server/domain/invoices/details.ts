import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { displayName, strictBody } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";

export const BillingDetails = z
  .object({
    name: z.string().nullable().describe("null: the organisation's name"),
    address: z.string().nullable(),
    email: z.string().nullable().describe("Invoices and reminders are mailed there, besides to the owners"),
  })
  .meta({ id: "BillingDetails" });

const address = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*){0,7}$/u, "must be at most eight lines without control characters.");

/** To whom invoices are made out. */
export const getBillingDetails = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: (ctx) => read(ctx, reader(ctx)),
});

/** Says to whom the next invoices are made out; what is not named stays, null takes it away. Those that are issued stay as they are. */
export const setBillingDetails = verb({
  access: masterKey("*"),
  input: strictBody({
    name: displayName.nullable().optional(),
    address: address.nullable().optional(),
    email: z.string().max(254).toLowerCase().pipe(z.email("is not an address.")).nullable().optional(),
  }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      await lockOrganization(tx, orgId);
      const { name, address, email } = input;
      await tx.billingAccount.update({
        where: { orgId },
        data: {
          ...(name === undefined ? {} : { billingName: name }),
          ...(address === undefined ? {} : { billingAddress: address }),
          ...(email === undefined ? {} : { billingEmail: email }),
        },
      });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "billing",
        event: "billing.details.changed",
        result: "SUCCESS",
        resourceType: "organization",
        resourceId: orgId,
        data: { fields: Object.keys(input) },
      });
      return read(ctx, tx);
    }),
});

async function read(ctx: Context, db: Transaction): Promise<z.infer<typeof BillingDetails>> {
  const account = await db.billingAccount.findUniqueOrThrow({ where: { orgId: orgOf(ctx) } });
  return { name: account.billingName, address: account.billingAddress, email: account.billingEmail };
}
