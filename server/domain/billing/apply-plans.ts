import { createHash } from "node:crypto";
import type { Services } from "../context.ts";
import { enqueue } from "../jobs.ts";
import { openTransaction } from "../transaction.ts";
import { applyPlan } from "./budgets.ts";

const STATE = "plans";
const BATCH = 100;

/** Has the budgets brought in line with the plans, where these are others than those that were applied last. */
export async function queueChangedPlans(services: Services): Promise<void> {
  const applied = await services.db.prisma.serverState.findUnique({ where: { name: STATE } });
  if (applied?.value === fingerprint(services)) return;
  await openTransaction(services, (tx) => enqueue(tx, "apply-plans", {}, { jobKey: "apply-plans" }));
}

/** Brings every organisation's budgets in line with its plan. What was accepted keeps the price that it had. */
export async function applyPlans(services: Services): Promise<void> {
  const value = fingerprint(services);
  let last = "";
  for (;;) {
    const { rows } = await services.db.pool.query<{ org_id: string }>({
      name: "plans-organizations",
      text: "SELECT DISTINCT org_id FROM budget WHERE org_id > $1 ORDER BY org_id LIMIT $2",
      values: [last, BATCH],
    });
    for (const { org_id: orgId } of rows) await openTransaction(services, (tx) => applyPlan(services, tx, orgId));
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) break;
    last = end.org_id;
  }
  await services.db.prisma.serverState.upsert({
    where: { name: STATE },
    create: { name: STATE, value },
    update: { value },
  });
}

function fingerprint({ config }: Services): string {
  return createHash("sha256").update(JSON.stringify(config.plans)).digest("hex");
}
