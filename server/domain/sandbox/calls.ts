import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { type Accepted, type CallOrder, CarrierRefused, CarrierUnsure } from "../phone/carrier.ts";
import type { EndReason } from "../phone/news.ts";
import { openTransaction } from "../transaction.ts";
import { requireNumber } from "./inventory.ts";
import { type Outcome, outcomeOf } from "./outcomes.ts";
import { addSpeech, cutSpeech, spokenSeconds, stopSpeech } from "./speech.ts";
import { after, type Step, schedule } from "./steps.ts";

/** How long an incoming call rings, in seconds. */
const RINGS = 30;
/** When a carrier ends a call that nobody ends. */
const LONGEST = 4 * 3_600;

type CallRow = NonNullable<Awaited<ReturnType<Transaction["sandboxCall"]["findUnique"]>>>;

/** Takes the order: what will become of it is written down at once. A repeat of its token is the same call. */
export async function placeCall(services: Services, order: CallOrder): Promise<Accepted> {
  const outcome = outcomeOf(order.to);
  const { token, orgId } = order;
  const carrierId = await openTransaction(services, async (tx) => {
    await requireNumber(tx, orgId, order.from);
    const now = services.clock.now();
    const call = { orgId, token, direction: "OUTBOUND", fromNumber: order.from, toNumber: order.to, createdAt: now };
    const made = `sbc_${newId()}`;
    const { count } = await tx.sandboxCall.createMany({ data: [{ ...call, carrierId: made }], skipDuplicates: true });
    if (count === 0) return (await tx.sandboxCall.findUniqueOrThrow({ where: { token } })).carrierId;
    await schedule(tx, made, courseOf(order, outcome.call, now));
    return made;
  });
  if (outcome.timesOut) throw new CarrierUnsure("the carrier did not answer in time");
  return { carrierId };
}

function courseOf(order: CallOrder, call: Outcome["call"], now: Date): Step[] {
  const steps: Step[] = [];
  if (call.ringsAfter !== null) {
    steps.push({ id: "ringing", dueAt: after(now, call.ringsAfter), news: { kind: "call_ringing" } });
  }
  const end = (dueAt: Date, reason: EndReason) =>
    steps.push({ id: "ended", dueAt, news: { kind: "call_ended", reason, durationSeconds: null } });
  if (call.answeredAfter === null) {
    end(after(now, call.ends?.after ?? RINGS), call.ends?.reason ?? "no_answer");
    return steps;
  }
  const answered = after(now, call.answeredAfter);
  steps.push(...answeredSteps(answered, call.by, order.greeting));
  if (call.says !== null) steps.push(heardStep(after(answered, 1), call.says));
  const endsItself = call.ends && call.ends.after <= order.maxSeconds ? call.ends : null;
  end(after(answered, endsItself?.after ?? order.maxSeconds), endsItself?.reason ?? "timeout");
  return steps;
}

function answeredSteps(at: Date, by: "person" | "machine", greeting: string | null): Step[] {
  const answered: Step = { id: "answered", dueAt: at, news: { kind: "call_answered", by } };
  if (greeting === null) return [answered];
  const dueAt = after(at, spokenSeconds(greeting));
  const news = { kind: "speak_ended" as const, turnId: null, text: greeting, startsAt: at.toISOString() };
  return [answered, { id: "greeting", dueAt, news }];
}

function heardStep(dueAt: Date, text: string, isFinal = true, turnId: string = newId()): Step {
  const news = { kind: "heard" as const, text, isFinal, confidence: 1, turnId };
  return { id: `heard-${newId()}`, dueAt, news };
}

/** Somebody calls a number of the organisation's. */
export async function ring(
  tx: Transaction,
  call: { orgId: string; from: string; to: string },
  now: Date,
): Promise<string> {
  await requireNumber(tx, call.orgId, call.to);
  const carrierId = `sbc_${newId()}`;
  const { orgId, from: fromNumber, to: toNumber } = call;
  await tx.sandboxCall.create({
    data: { orgId, carrierId, direction: "INBOUND", fromNumber, toNumber, createdAt: now },
  });
  await schedule(tx, carrierId, [
    { id: "incoming", dueAt: now, news: { kind: "call_incoming", from: fromNumber, to: toNumber } },
    {
      id: "ended",
      dueAt: after(now, RINGS),
      news: { kind: "call_ended", reason: "no_answer", durationSeconds: null },
    },
  ]);
  return carrierId;
}

export function answerCall(
  services: Services,
  carrierId: string,
  { token, greeting }: { token: string; greeting: string | null },
): Promise<void> {
  return withCall(services, carrierId, async (tx, call, now) => {
    if (call.token === token) return;
    if (call.direction !== "INBOUND" || call.token !== null || (await isOver(tx, call, now))) throw notActive();
    await tx.sandboxCall.update({ where: { carrierId }, data: { token } });
    await forgetFuture(tx, carrierId, now);
    await schedule(tx, carrierId, [
      ...answeredSteps(now, "person", greeting),
      {
        id: "ended",
        dueAt: after(now, LONGEST),
        news: { kind: "call_ended", reason: "timeout", durationSeconds: null },
      },
    ]);
  });
}

/** Ends a call, whoever does; one that is over stays as it is. */
export async function endCall(tx: Transaction, call: CallRow, reason: EndReason, now: Date): Promise<void> {
  if (await isOver(tx, call, now)) return;
  await stopSpeech(tx, call.carrierId, now);
  await forgetFuture(tx, call.carrierId, now);
  await schedule(tx, call.carrierId, [
    { id: "ended", dueAt: now, news: { kind: "call_ended", reason, durationSeconds: null } },
  ]);
}

export function hangUp(services: Services, carrierId: string, reason: EndReason): Promise<void> {
  return withCall(services, carrierId, (tx, call, now) => endCall(tx, call, reason, now));
}

export function speak(
  services: Services,
  carrierId: string,
  piece: { turnId: string; text: string; last: boolean },
): Promise<void> {
  return whileActive(services, carrierId, (tx, now) => addSpeech(tx, carrierId, piece, now));
}

export function cancelSpeech(services: Services, carrierId: string): Promise<void> {
  return whileActive(services, carrierId, (tx, now) => stopSpeech(tx, carrierId, now));
}

export function hold(services: Services, carrierId: string, held: boolean): Promise<void> {
  return whileActive(services, carrierId, async (tx) => {
    await tx.sandboxCall.update({ where: { carrierId }, data: { held } });
  });
}

/** The keys are pressed; nobody at the other end minds. */
export function sendDigits(services: Services, carrierId: string): Promise<void> {
  return whileActive(services, carrierId, async () => {});
}

/** The person says something: pieces of it are heard before the whole, and it cuts off the agent's words. */
export async function hear(tx: Transaction, carrierId: string, text: string, now: Date): Promise<void> {
  const { said } = await cutSpeech(tx, carrierId, now);
  const steps: Step[] = [];
  if (said !== null) {
    const news = { kind: "interrupted" as const, spokenUntil: said.text, heard: text };
    steps.push({ id: `interrupted-${newId()}`, dueAt: now, news });
  }
  const turnId = newId();
  const words = text.split(" ");
  if (words.length > 1) {
    const half = words.slice(0, Math.ceil(words.length / 2)).join(" ");
    steps.push(heardStep(now, half, false, turnId));
  }
  await schedule(tx, carrierId, [...steps, heardStep(now, text, true, turnId)]);
}

export async function pressKeys(tx: Transaction, carrierId: string, digits: string, now: Date): Promise<void> {
  await schedule(tx, carrierId, [{ id: `digits-${newId()}`, dueAt: now, news: { kind: "digits", digits } }]);
}

/** Whether both can speak, also where that it was answered has not been told yet. */
export async function isActive(tx: Transaction, call: CallRow, now: Date): Promise<boolean> {
  if (await isOver(tx, call, now)) return false;
  return call.answeredAt !== null || (await isDue(tx, call.carrierId, "answered", now));
}

async function isOver(tx: Transaction, call: CallRow, now: Date): Promise<boolean> {
  return call.endedAt !== null || (await isDue(tx, call.carrierId, "ended", now));
}

async function isDue(tx: Transaction, carrierId: string, id: string, now: Date): Promise<boolean> {
  return (await tx.sandboxStep.findFirst({ where: { carrierId, id, dueAt: { lte: now } } })) !== null;
}

async function forgetFuture(tx: Transaction, carrierId: string, now: Date): Promise<void> {
  await tx.sandboxStep.deleteMany({ where: { carrierId, OR: [{ dueAt: { gt: now } }, { dueAt: null }] } });
}

/** Holds the call's row: what happens to a call happens one after the other. */
export async function lockCall(tx: Transaction, carrierId: string): Promise<CallRow | null> {
  await tx.$queryRaw`SELECT 1 FROM sandbox_call WHERE carrier_id = ${carrierId} FOR UPDATE`;
  return tx.sandboxCall.findUnique({ where: { carrierId } });
}

function withCall(
  services: Services,
  carrierId: string,
  run: (tx: Transaction, call: CallRow, now: Date) => Promise<void>,
): Promise<void> {
  return openTransaction(services, async (tx) => {
    const call = await lockCall(tx, carrierId);
    if (!call) throw new CarrierRefused("not_found", "the carrier knows no such call", false);
    await run(tx, call, services.clock.now());
  });
}

function whileActive(
  services: Services,
  carrierId: string,
  run: (tx: Transaction, now: Date) => Promise<void>,
): Promise<void> {
  return withCall(services, carrierId, async (tx, call, now) => {
    if (!(await isActive(tx, call, now))) throw notActive();
    await run(tx, now);
  });
}

function notActive(): CarrierRefused {
  return new CarrierRefused("not_active", "the call is not in progress", false);
}
