import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id, instant } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";

// What is summed is read: the newest of more are enough to see how it goes.
const MOST = 10_000;

export const Analytics = z
  .object({
    totalCalls: z.int().describe(`In the range; the newest ${MOST} are counted.`),
    answeredCalls: z.int(),
    answerRate: z.number().nullable().describe("Of the outbound calls that have ended; null without any."),
    totalSeconds: z.int(),
    averageSeconds: z.number().nullable().describe("Of the answered calls."),
    byDirection: z.object({ INBOUND: z.int(), OUTBOUND: z.int() }),
    byEndReason: z.record(z.string(), z.int()),
    byAnswer: z.record(z.string(), z.int()).describe("Who answered: person, machine, unknown."),
  })
  .meta({ id: "VoiceAnalytics" });

/** What calls came to, counted. */
export const getAnalytics = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({ agentId: id.optional(), dateFrom: instant.optional(), dateTo: instant.optional() }),
  run: async (ctx, input): Promise<z.infer<typeof Analytics>> => {
    const agentId = resolveAgentId(ctx, input.agentId);
    const { dateFrom, dateTo } = input;
    const calls = await reader(ctx).call.findMany({
      where: {
        orgId: orgOf(ctx),
        ...(agentId === undefined ? {} : { agentId }),
        createdAt: { ...(dateFrom ? { gte: dateFrom } : {}), ...(dateTo ? { lte: dateTo } : {}) },
      },
      select: { direction: true, endReason: true, answeredAt: true, answeredBy: true, durationSeconds: true },
      orderBy: { id: "desc" },
      take: MOST,
    });
    const answered = calls.filter((call) => call.answeredAt !== null);
    const placed = calls.filter((call) => call.direction === "OUTBOUND" && call.endReason !== null);
    const talked = answered.filter((call) => call.endReason !== null);
    const totalSeconds = talked.reduce((sum, call) => sum + (call.durationSeconds ?? 0), 0);
    return {
      totalCalls: calls.length,
      answeredCalls: answered.length,
      answerRate: placed.length === 0 ? null : placed.filter((call) => call.answeredAt !== null).length / placed.length,
      totalSeconds,
      averageSeconds: talked.length === 0 ? null : totalSeconds / talked.length,
      byDirection: {
        INBOUND: calls.filter((call) => call.direction === "INBOUND").length,
        OUTBOUND: calls.filter((call) => call.direction === "OUTBOUND").length,
      },
      byEndReason: countBy(calls.map((call) => call.endReason)),
      byAnswer: countBy(calls.map((call) => call.answeredBy)),
    };
  },
});

function countBy(values: (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
