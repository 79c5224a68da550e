import { newId } from "#server/platform/ids.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { lockNumber } from "../lock-number.ts";
import { allowedUntil } from "./calling-hours.ts";
import type { Facts } from "./facts.ts";
import { loadChanging, loadFacts } from "./load-facts.ts";
import { runGates } from "./run.ts";
import type { CheckGates, ClaimAttempt, GateOrder, GateReport, PassGates, Verdict } from "./types.ts";

export type PassedGates = Awaited<ReturnType<PassGates<Facts>>>;

/** What every gate says of an order: the answer of a dry run. Reserves and dials nothing, takes none of the dials. */
export const checkGates: CheckGates = async (ctx, order) =>
  runGates(order, await loadFacts(ctx, order), ctx.services.clock.now());

/**
 * Lets an order through that every gate allows. Else the error of the first one that refuses, with its event, which
 * holds the verdicts of all. Never inside a transaction: the carrier is asked.
 */
export const passGates: PassGates<Facts> = async (ctx, order) => {
  const { services } = ctx;
  const facts = await loadFacts(ctx, order);
  let report = runGates(order, facts, services.clock.now());
  if (report.allowed && order.channel === "voice") {
    // Taken last: what is refused is no dial.
    facts.frequency.dials = await services.dialLimit(orgOf(ctx));
    report = runGates(order, facts, services.clock.now());
  }
  const to = facts.number.number?.e164;
  if (!report.allowed || to === undefined) throw refusal(ctx, order, report);
  return { to, order, report, facts };
};

/**
 * Takes the number for one call or text, in the transaction that accepts it. Whoever else wants it waits for the end of
 * that one; what can have changed since the gates were passed is looked at again. Throws as passGates does.
 *
 * @param resourceId the call's or message's id
 */
export const claimAttempt: ClaimAttempt<Facts> = async (tx, ctx, { to, order, facts }, resourceId) => {
  const orgId = orgOf(ctx);
  await lockNumber(tx, orgId, to);
  const now = ctx.services.clock.now();
  const { attempts, ...changing } = await loadChanging(tx, orgId, order, to, now);
  const frequency = { ...facts.frequency, attempts };
  const held = { ...facts, ...changing, frequency };
  const report = runGates(order, held, now);
  if (!report.allowed) throw refusal(ctx, order, report);
  const { channel, agentId } = order;
  const leavesBy = allowedUntil(order, held, now);
  await tx.dialAttempt.create({
    data: { orgId, phoneNumber: to, channel, id: newId(), agentId, resourceId, at: now, leavesBy },
  });
};

/** The error of the first gate that refuses. What is about the person stands in the private part of its event. */
function refusal(ctx: Context, order: GateOrder, { gates }: GateReport): DomainError {
  const first = gates.find(({ verdict }) => verdict === "refuse") as Verdict & { code: NonNullable<Verdict["code"]> };
  const retryAfter = first.details?.retryAfter;
  return new DomainError(first.code, first.detail, {
    details: { gate: first.gate, ...first.details },
    ...(typeof retryAfter === "number" ? { headers: { "retry-after": String(retryAfter) } } : {}),
    denied: {
      ...eventBase(ctx),
      orgId: orgOf(ctx),
      channel: order.channel,
      event: order.channel === "voice" ? "voice.call.refused" : "sms.refused",
      direction: "OUTBOUND",
      result: "DENIED",
      agentId: order.agentId,
      data: {
        gate: first.gate,
        code: first.code,
        gates: gates.map(({ gate, verdict, code }) => ({ gate, verdict, code })),
      },
      personal: {
        detail: `${order.to.slice(0, 40)}: ${first.detail}`,
        to: order.to.slice(0, 40),
        // Whoever reads both parts sees these in place of the others, so they say the verdict too.
        gates: gates.map(({ gate, verdict, code, detail, facts }) => ({ gate, verdict, code, detail, facts })),
      },
    },
  });
}
