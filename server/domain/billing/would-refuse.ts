import { DatabaseError } from "pg";
import type { Services } from "../context.ts";
import type { DomainError } from "../errors.ts";
import { toRefusal } from "./refusal.ts";
import { LimitReached, type Spending, spending, spendParameters } from "./spend.ts";

/**
 * What would refuse a spending at this moment; null: nothing. The very function that spends is asked, in a transaction
 * that is taken back: nothing is used, and no rule stands twice.
 */
export async function wouldRefuse(services: Services, order: Spending): Promise<DomainError | null> {
  try {
    await spending(services, order.orgId, order.meter, () => tryOut(services, order));
    return null;
  } catch (error) {
    if (error instanceof LimitReached) return toRefusal(services, order.orgId, error);
    throw error;
  }
}

async function tryOut(services: Services, order: Spending): Promise<void> {
  const parameters = spendParameters(order);
  const call = parameters.map(([, type], index) => `$${index + 1}::${type}`).join(", ");
  const client = await services.db.pool.connect();
  let broken = true;
  try {
    await client.query("BEGIN");
    await client.query({
      name: "would-spend",
      text: `SELECT FROM spend_budget(${call})`,
      values: parameters.map(([value]) => value),
    });
    await client.query("ROLLBACK");
    broken = false;
  } catch (error) {
    if (error instanceof DatabaseError && error.severity === "ERROR") {
      await client.query("ROLLBACK");
      broken = false;
    }
    throw error;
  } finally {
    client.release(broken);
  }
}
