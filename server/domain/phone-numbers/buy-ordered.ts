import type { Services } from "../context.ts";
import { CarrierRefused } from "../phone/carrier.ts";
import { someForSale, USUAL_CAPABILITIES } from "./for-sale.ts";
import { askedWith, type ChosenOrder, chosen, forgetOrder, settleOrder } from "./order.ts";

type OrderKey = { orgId: string; id: string };

/** Others may buy a number between the search and the order. */
const MAX_CHOICES = 5;

/**
 * Chooses a number for an order that was written without one, and buys it. Rejects where the carrier cannot be asked or does
 * not answer: the queue tries again, and so does `settle-number-orders` in time. Where the carrier has no
 * number, or refuses for good, the order is forgotten, which is on the log.
 */
export async function buyOrdered(services: Services, key: OrderKey): Promise<void> {
  const { carrier, db } = services;
  for (let choice = 1; ; choice++) {
    const order = await choose(services, key);
    if (order === null) return;
    try {
      await settleOrder(services, order, await carrier.buyNumber(order.phoneNumber, askedWith(order)));
      return;
    } catch (error) {
      if (!(error instanceof CarrierRefused) || error.retryable) throw error;
      if (error.code !== "not_available" || choice === MAX_CHOICES) return forgetOrder(services, order, error.code);
      await db.prisma.numberOrder.updateMany({
        where: { ...key, phoneNumber: order.phoneNumber },
        data: { phoneNumber: null },
      });
    }
  }
}

/** The order with its number; null where nothing is to be bought any more. */
async function choose(services: Services, { orgId, id }: OrderKey): Promise<ChosenOrder | null> {
  const { carrier, db } = services;
  const order = await db.prisma.numberOrder.findUnique({ where: { orgId_id: { orgId, id } } });
  if (!order) return null;
  const agent = await db.prisma.agent.findUnique({ where: { orgId_id: { orgId, id: order.agentId } } });
  if (agent?.status === "DELETED") {
    await forgetOrder(services, order, "agent_deleted");
    return null;
  }
  if (order.carrier !== carrier.name) throw new TypeError(`the number is ${order.carrier}'s to sell`);
  const known = chosen(order);
  if (known) return known;
  const query = { countryCode: order.countryCode, capabilities: USUAL_CAPABILITIES, areaCode: null, numberType: null };
  const found = await someForSale(carrier, query);
  if (!found) {
    await forgetOrder(services, order, "none_for_sale");
    return null;
  }
  // Before the carrier is asked; from now on it is also looked after by those who settle what was left.
  const { rowCount } = await db.pool.query(
    `UPDATE number_order SET phone_number = $3, number_type = $4, asked_at = now()
     WHERE org_id = $1 AND id = $2 AND phone_number IS NULL`,
    [orgId, id, found.phoneNumber, found.numberType],
  );
  return rowCount === 1 ? { ...order, ...found } : choose(services, { orgId, id });
}
