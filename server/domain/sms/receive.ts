import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { periodsAt } from "../billing/periods.ts";
import { recordUsage } from "../billing/record-usage.ts";
import { type Charge, LimitReached, spendIn, spending } from "../billing/spend.ts";
import type { Services } from "../context.ts";
import { chainBetween, threadIdOf } from "../phone/chain.ts";
import { asksToStop, keywordOf } from "../phone/law/words.ts";
import type { CarrierNews } from "../phone/news.ts";
import { isFirst } from "../phone/seen.ts";
import { noteStopHeard } from "../phone/stop-heard/note.ts";
import { holderOf } from "../phone-numbers/find.ts";
import { emit, openTransaction } from "../transaction.ts";
import { obeyKeyword } from "./keywords.ts";
import { countSegments } from "./segments.ts";
import { storeText } from "./store.ts";

type Incoming = Extract<CarrierNews, { kind: "message_incoming" }>;

/**
 * Stores a text that came in, also for a paused agent, and obeys it where it is a keyword. It is always taken: the carrier
 * has charged for it already, and a STOP counts whatever the plan allows. Beyond a limit it is counted, not charged.
 */
export async function receiveText(services: Services, news: Incoming): Promise<void> {
  const number = await holderOf(services.db.prisma, news.to);
  const org = number && (await services.directory.organization(number.orgId));
  if (!number || !org) return services.log.info("a text came for a number that nobody has");
  const { orgId, agentId } = number;
  const { segments } = countSegments(news.body);
  const { day } = periodsAt(services.clock.now(), org.timeZone);
  const charged = (tx: Transaction) => spendIn(tx, { orgId, agentId, meter: "sms_received", units: segments, day });
  const free = async (): Promise<Charge> => ({ billable: 0, micros: 0n, day });
  const take = (charge: (tx: Transaction) => Promise<Charge>) =>
    openTransaction(services, (tx) => write(services, tx, number, news, { segments, charge }));
  try {
    await spending(services, orgId, "sms_received", () => take(charged));
    services.budgetWatch.touch(orgId, agentId, "sms_received");
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    services.budgetWatch.touch(orgId, agentId, "sms_received", error);
    await take(free);
  }
}

async function write(
  services: Services,
  tx: Transaction,
  { orgId, agentId, phoneNumber: ours }: PhoneNumber,
  news: Incoming,
  { segments, charge }: { segments: number; charge: (tx: Transaction) => Promise<Charge> },
): Promise<void> {
  if (!(await isFirst(services, tx, orgId, news))) return;
  const now = services.clock.now();
  const id = newId();
  const { from: theirs } = news;
  const chain = await chainBetween(tx, { orgId, agentId, ours, theirs, now });
  const correlationId = chain?.correlationId ?? `corr_${newId()}`;
  const keyword = keywordOf(news.body);
  const cost = await charge(tx);
  const told = {
    orgId,
    channel: "sms",
    direction: "INBOUND",
    result: "SUCCESS",
    agentId,
    actorType: "SYSTEM",
    actorId: services.carrier.name,
    resourceType: "message",
    resourceId: id,
    correlationId,
    personal: { detail: `from ${theirs}`, from: theirs, to: ours },
  } as const;
  const eventId = await emit(services, tx, {
    ...told,
    event: "sms.received",
    parentId: chain?.eventId ?? null,
    data: { segments, media: news.mediaUrls.length, keyword },
  });
  await recordUsage(tx, {
    orgId,
    agentId,
    eventId,
    meter: "sms_received",
    quantity: segments,
    resourceId: id,
    now,
    ...cost,
  });
  await storeText(tx, {
    orgId,
    id,
    agentId,
    channel: news.mediaUrls.length > 0 ? "MMS" : "SMS",
    direction: "INBOUND",
    status: "DELIVERED",
    ours,
    theirs,
    body: news.body,
    mediaUrls: news.mediaUrls,
    segments,
    metadata: {},
    threadId: threadIdOf(agentId, ours, theirs),
    correlationId,
    eventId,
    externalId: news.carrierId,
    at: now,
  });
  if (keyword) {
    const word = news.body.trim();
    await obeyKeyword(services, tx, { orgId, agentId, ours, theirs, keyword, word, correlationId, parentId: eventId });
  } else if (asksToStop(news.body)) {
    // Offered to the operator as a revocation, as what is said in a call is.
    await emit(services, tx, { ...told, event: "sms.stop_heard", parentId: eventId });
    const [phoneNumber, ownNumber, words] = [theirs, ours, news.body];
    const plea = { orgId, agentId, phoneNumber, ownNumber, words, correlationId, heardAt: now } as const;
    await noteStopHeard(tx, { ...plea, channel: "sms", resourceId: id });
  }
}
