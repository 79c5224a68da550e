import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id, instant } from "../fields.ts";
import { verb } from "../verb.ts";
import { Call, Transcript, toCall, toSegment } from "./schemas.ts";

// Calls whose segments match are gathered and ranked from so many segments, the newest.
const WINDOW = 2_000;

export const VoiceSearch = z
  .object({
    results: z.array(
      z.object({
        callId: z.string(),
        call: Call,
        score: z.number().describe("0 to 1: how much of what was said is about the words, among these results."),
        segments: z.array(Transcript.shape.segments.element).describe("Where they were said, at most five."),
      }),
    ),
  })
  .meta({ id: "VoiceSearch" });

const SHOWN_SEGMENTS = 5;

type Row = { call_id: string; seq: number; rank: number };

/**
 * Calls by what was said in them, best first. The query is what people type into a search box: words that all occur in one
 * thing that was said, "a phrase", `or`, `-without`.
 */
export const searchCalls = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({
    query: z.string().trim().min(1).max(500),
    agentId: id.optional(),
    dateFrom: instant.optional(),
    dateTo: instant.optional(),
    limit: z.coerce.number().int().min(1).max(50).default(10),
    threshold: z.coerce.number().min(0).max(1).default(0).describe("Results with a smaller score are left out."),
  }),
  run: async (ctx, input): Promise<z.infer<typeof VoiceSearch>> => {
    const orgId = orgOf(ctx);
    const agentId = resolveAgentId(ctx, input.agentId) ?? null;
    const { rows } = await ctx.services.db.pool.query<Row>({
      name: "call-search",
      text: `SELECT call_id, seq, ts_rank(search, q) AS rank
        FROM call_segment, websearch_to_tsquery('simple', $2) AS q
        WHERE org_id = $1 AND search @@ q AND is_final AND ($3::text IS NULL OR agent_id = $3)
          AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at <= $5)
        ORDER BY call_id DESC, seq LIMIT ${WINDOW}`,
      values: [orgId, input.query, agentId, input.dateFrom ?? null, input.dateTo ?? null],
    });
    const best = rank(rows)
      .filter(({ score }) => score >= input.threshold)
      .slice(0, input.limit);
    const { prisma } = ctx.services.db;
    const callIds = best.map(({ callId }) => callId);
    const calls = await prisma.call.findMany({ where: { orgId, id: { in: callIds } } });
    const segments = await prisma.callSegment.findMany({
      where: { orgId, OR: best.map(({ callId, seqs }) => ({ callId, seq: { in: seqs } })) },
      orderBy: { seq: "asc" },
    });
    return {
      results: best.flatMap(({ callId, score }) => {
        const call = calls.find((each) => each.id === callId);
        const said = segments.filter((segment) => segment.callId === callId).map(toSegment);
        return call ? [{ callId, call: toCall(call), score, segments: said }] : [];
      }),
    };
  },
});

/** The best call has the score 1. */
function rank(rows: Row[]): { callId: string; score: number; seqs: number[] }[] {
  const found = new Map<string, { sum: number; seqs: number[] }>();
  for (const { call_id: callId, seq, rank } of rows) {
    const { sum, seqs } = found.get(callId) ?? { sum: 0, seqs: [] };
    found.set(callId, { sum: sum + rank, seqs: seqs.length < SHOWN_SEGMENTS ? [...seqs, seq] : seqs });
  }
  const most = Math.max(0, ...[...found.values()].map(({ sum }) => sum));
  return [...found]
    .map(([callId, { sum, seqs }]) => ({ callId, seqs, score: most === 0 ? 0 : sum / most }))
    .sort((a, b) => b.score - a.score || b.callId.localeCompare(a.callId));
}
