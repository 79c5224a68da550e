import type { Services } from "../context.ts";
import type { CarrierNews } from "../phone/news.ts";
import { isFirst } from "../phone/seen.ts";
import { readToken } from "../phone/token.ts";
import { emit, openTransaction } from "../transaction.ts";
import { lockText, textEvent } from "./record.ts";

type Status = Extract<CarrierNews, { kind: "message_status" }>;

const RANK: Record<string, number> = { QUEUED: 0, SENT: 1, FAILED: 2, DELIVERED: 3 };
const STATUS = { sent: "SENT", delivered: "DELIVERED", failed: "FAILED" } as const;

/** What became of a text: it only moves forward, and one that was delivered has not failed. Every carrier gives the token back with it. */
export async function applyStatus(services: Services, news: Status): Promise<void> {
  const key = readToken(news.token);
  if (!key) return services.log.warn("the carrier told of a text that is not here");
  await openTransaction(services, async (tx) => {
    const text = await lockText(tx, key.orgId, key.id);
    if (!text || !(await isFirst(services, tx, key.orgId, news))) return;
    const status = STATUS[news.status];
    const isNewer = (RANK[status] ?? 0) > (RANK[text.status] ?? 0);
    await tx.message.update({
      where: { orgId_id: { orgId: text.orgId, id: text.id } },
      data: {
        externalId: news.carrierId,
        ...(isNewer ? { status, statusReason: news.reason, updatedAt: services.clock.now() } : {}),
        ...(isNewer && text.status === "QUEUED" ? { sentAt: news.at } : {}),
      },
    });
    if (!isNewer) return;
    const result = status === "FAILED" ? "FAILURE" : "SUCCESS";
    const data = news.reason === null ? {} : { reason: news.reason };
    await emit(services, tx, textEvent(services, text, `sms.${news.status}`, result, data));
  });
}
