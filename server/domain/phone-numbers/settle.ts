import type { NumberOrder } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { buyOrdered } from "./buy-ordered.ts";
import { askedWith, chosen, forgetOrder, settleOrder } from "./order.ts";

const BATCH = 100;
/** Longer than a request asks the carrier for: after it, whoever has written an order is gone. */
const LEFT_AFTER_S = 60;

/**
 * Settles the orders that were left (a process that died, a carrier that did not answer): a number that the carrier has is
 * its agent's, an order that it does not have is forgotten. One that it cannot say of is asked about the next time; one
 * for which no number has been chosen yet is bought as its job would.
 */
export async function settleLeftOrders(services: Services): Promise<void> {
  const { carrier, db, log } = services;
  let before = await leftSince(services);
  for (;;) {
    const left = await db.prisma.numberOrder.findMany({
      where: { carrier: carrier.name, askedAt: { lt: before } },
      orderBy: { askedAt: "desc" },
      take: BATCH,
    });
    for (const order of left) {
      await settleLeft(services, order).catch((err) => {
        log.warn(
          { err, orgId: order.orgId, orderId: order.id },
          "what became of an order of a number is not known yet",
        );
      });
    }
    const last = left.at(-1);
    if (!last || left.length < BATCH) return;
    before = last.askedAt;
  }
}

async function leftSince({ db }: Services): Promise<Date> {
  const { rows } = await db.pool.query<{ since: Date }>("SELECT now() - make_interval(secs => $1) AS since", [
    LEFT_AFTER_S,
  ]);
  return rows[0]?.since as Date;
}

async function settleLeft(services: Services, left: NumberOrder): Promise<void> {
  const order = chosen(left);
  if (!order) return buyOrdered(services, left);
  const bought = await services.carrier.findNumber(order.phoneNumber, askedWith(order));
  if (bought) await settleOrder(services, order, bought);
  else await forgetOrder(services, order, "not_at_the_carrier");
}
