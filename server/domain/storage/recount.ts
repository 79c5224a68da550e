import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { emit, openTransaction } from "../transaction.ts";

const BATCH = 100;

/**
 * Counts the files of every organisation anew, by the rows that name them, and compares: the nightly task. A difference
 * is a fault of ours, so it is an error of the log and an event, and mended.
 */
export async function recountStorage(services: Services): Promise<void> {
  let last = "";
  for (;;) {
    const { rows } = await services.db.pool.query<{ id: string }>({
      name: "recount-organizations",
      text: "SELECT id FROM organization WHERE id > $1 ORDER BY id LIMIT $2",
      values: [last, BATCH],
    });
    for (const { id } of rows) await recountOrganization(services, id);
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) return;
    last = end.id;
  }
}

/**
 * One statement sees the rows and the counter as of one instant, and they are committed together: what differs was
 * counted wrong, also while mail is stored at the same time.
 */
async function recountOrganization(services: Services, orgId: string): Promise<void> {
  await openTransaction(services, async (tx) => {
    const [sums] = await tx.$queryRaw<{ counted: bigint; there: bigint }[]>`SELECT
        (SELECT coalesce(sum(bytes), 0) FROM stored_bytes WHERE org_id = ${orgId})::bigint AS counted,
        ((SELECT coalesce(sum(size_bytes), 0) FROM attachment
          WHERE org_id = ${orgId} AND storage_key LIKE org_id || '/' || message_id || '/%')
        + (SELECT coalesce(sum(raw_bytes), 0) FROM message WHERE org_id = ${orgId}))::bigint AS there`;
    const { counted = 0n, there = 0n } = sums ?? {};
    if (counted === there) return;
    await tx.$queryRaw`SELECT keep_bytes(${orgId}, ${there - counted}, NULL)`;
    services.log.error(
      { orgId, counted: String(counted), there: String(there) },
      "the stored bytes of an organisation were counted wrong",
    );
    await emit(services, tx, {
      orgId,
      channel: "billing",
      event: "billing.storage.recounted",
      result: "SUCCESS",
      actorType: "SYSTEM",
      actorId: "billing",
      resourceType: "organization",
      resourceId: orgId,
      correlationId: `corr_${newId()}`,
      data: { countedBytes: Number(counted), thereBytes: Number(there) },
    });
  });
}
