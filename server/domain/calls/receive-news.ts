import type { Services } from "../context.ts";
import type { CarrierNews } from "../phone/news.ts";
import { isFirst } from "../phone/seen.ts";
import { readToken } from "../phone/token.ts";
import { receiveText } from "../sms/receive.ts";
import { applyStatus } from "../sms/status.ts";
import { openTransaction } from "../transaction.ts";
import { applyToCall, type CallNews } from "./apply.ts";
import { receiveCall } from "./incoming.ts";
import { lockCall } from "./record.ts";

// Calls are independent of each other; the connections are shared with everybody else.
const AT_ONCE = 6;

/**
 * Applies what a carrier tells, of each call in its order. Each piece of news is applied once, however often it comes, and state only
 * moves forward. When it resolves, all of it is stored; when it rejects, whatever is told again does no harm.
 */
export async function receiveNews(services: Services, news: CarrierNews[]): Promise<void> {
  const ofOne = Object.values(Object.groupBy(news, ({ carrierId }) => carrierId)).filter(
    (group) => group !== undefined,
  );
  for (let next = 0; next < ofOne.length; next += AT_ONCE) {
    await Promise.all(ofOne.slice(next, next + AT_ONCE).map((group) => receiveAll(services, group)));
  }
}

async function receiveAll(services: Services, news: CarrierNews[]): Promise<void> {
  for (const each of news) await receive(services, each);
}

function receive(services: Services, news: CarrierNews): Promise<void> {
  switch (news.kind) {
    case "call_incoming":
      return receiveCall(services, news);
    case "message_incoming":
      return receiveText(services, news);
    case "message_status":
      return applyStatus(services, news);
    default:
      return receiveOfCall(services, news);
  }
}

async function receiveOfCall(services: Services, news: CallNews): Promise<void> {
  const key = await callOf(services, news);
  if (!key) return services.log.warn({ kind: news.kind }, "the carrier told of a call that is not here");
  await openTransaction(services, async (tx) => {
    const call = await lockCall(tx, key.orgId, key.id);
    if (!call || !(await isFirst(services, tx, key.orgId, news))) return;
    // The carrier may tell of a call before it has answered that it took it.
    if (call.carrierId === null) {
      await tx.call.update({ where: { orgId_id: key }, data: { carrierId: news.carrierId } });
      call.carrierId = news.carrierId;
    }
    await applyToCall(services, tx, call, news);
  });
}

async function callOf(
  services: Services,
  { token, carrierId }: CallNews,
): Promise<{ orgId: string; id: string } | null> {
  const named = readToken(token);
  if (named) return named;
  return services.db.prisma.call.findUnique({
    where: { carrier_carrierId: { carrier: services.carrier.name, carrierId } },
    select: { orgId: true, id: true },
  });
}
