import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { type Accepted, CarrierUnsure, type MessageOrder } from "../phone/carrier.ts";
import { ANSWERS } from "../sms/answers.ts";
import { openTransaction } from "../transaction.ts";
import { requireNumber } from "./inventory.ts";
import { type Outcome, outcomeOf } from "./outcomes.ts";
import { after, type Step, schedule } from "./steps.ts";

const SENT_AFTER = 0.5;
const DELIVERED_AFTER = 1;
const REPLIED_AFTER = 2;

type Text = { from: string; to: string; body: string; mediaUrls: string[] };

/** Takes a message, once for a token. One to another number of the sandbox arrives there. */
export async function sendMessage(services: Services, order: MessageOrder): Promise<Accepted> {
  const outcome = outcomeOf(order.to);
  const { orgId, token } = order;
  const carrierId = await openTransaction(services, async (tx) => {
    await requireNumber(tx, orgId, order.from);
    const now = services.clock.now();
    const row = { orgId, token, carrierId: `sbm_${newId()}`, createdAt: now };
    const { count } = await tx.sandboxMessage.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return (await tx.sandboxMessage.findUniqueOrThrow({ where: { token } })).carrierId;
    await schedule(tx, row.carrierId, courseOf(outcome.message, now));
    await arrive(tx, order, outcome.message, now);
    return row.carrierId;
  });
  if (outcome.timesOut) throw new CarrierUnsure("the carrier did not answer in time");
  return { carrierId };
}

function courseOf({ fails }: Outcome["message"], now: Date): Step[] {
  const sent: Step = {
    id: "sent",
    dueAt: after(now, SENT_AFTER),
    news: { kind: "message_status", status: "sent", reason: null },
  };
  const status = fails === null ? ("delivered" as const) : ("failed" as const);
  return [
    sent,
    { id: status, dueAt: after(now, DELIVERED_AFTER), news: { kind: "message_status", status, reason: fails } },
  ];
}

async function arrive(tx: Transaction, order: MessageOrder, { reply }: Outcome["message"], now: Date): Promise<void> {
  // Nobody answers the confirmation that they are unsubscribed.
  if (reply !== null && order.body !== ANSWERS.stop) {
    const answer = { from: order.to, to: order.from, body: reply, mediaUrls: [] };
    await receive(tx, answer, after(now, REPLIED_AFTER));
  }
  const holder = await tx.sandboxNumber.findUnique({ where: { phoneNumber: order.to } });
  const { from, to, body, mediaUrls } = order;
  if (holder) await receive(tx, { from, to, body, mediaUrls }, after(now, DELIVERED_AFTER));
}

/** A message to a number of the sandbox. @returns the carrier's id */
export async function receive(tx: Transaction, text: Text, at: Date): Promise<string> {
  const carrierId = `sbm_${newId()}`;
  await schedule(tx, carrierId, [{ id: "incoming", dueAt: at, news: { kind: "message_incoming", ...text } }]);
  return carrierId;
}
