import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";
import type { CarrierNews } from "./news.ts";

/** Notes a piece of news as applied, in the transaction that applies it. @returns false where it was before */
export async function isFirst(services: Services, tx: Transaction, orgId: string, news: CarrierNews): Promise<boolean> {
  const written = await tx.$executeRaw`INSERT INTO carrier_news_seen (org_id, carrier, news_id, created_at)
    VALUES (${orgId}, ${services.carrier.name}, ${`${news.carrierId} ${news.kind} ${news.id}`}, ${services.clock.now()})
    ON CONFLICT DO NOTHING`;
  return written === 1;
}

const KEPT_DAYS = 7;
const SWEEP_BATCH = 5_000;

/** Forgets news that no carrier tells again. @returns whether more may wait */
export async function sweepSeenNews(services: Services): Promise<boolean> {
  const before = new Date(services.clock.now().getTime() - KEPT_DAYS * 86_400_000);
  const { rowCount } = await services.db.pool.query(
    `DELETE FROM carrier_news_seen WHERE (org_id, carrier, news_id) IN
      (SELECT org_id, carrier, news_id FROM carrier_news_seen WHERE created_at < $1 ORDER BY created_at LIMIT ${SWEEP_BATCH})`,
    [before],
  );
  return rowCount === SWEEP_BATCH;
}
