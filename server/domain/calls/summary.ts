import { z } from "zod";
import type { Call, CallSegment } from "#server/platform/generated/client.ts";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { asksToStop } from "../phone/law/words.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findCall, segmentsOf } from "./get.ts";

const Speaker = z.object({ turns: z.int(), words: z.int(), seconds: z.number() });

export const Summary = z
  .object({
    callId: z.string(),
    oneLiner: z.string(),
    outcome: z.string().describe("The state of the call and why it ended."),
    durationSeconds: z.int(),
    turns: z.int().describe("How often somebody began to speak after the other."),
    speakers: z.object({ agent: Speaker, caller: Speaker }),
    lastWords: z.object({ speaker: z.enum(["agent", "caller"]), text: z.string() }).nullable(),
    asksToStop: z.array(z.string()).describe("What sounds as if the person does not want to be called again."),
    topics: z.array(z.string()).describe("The words that were said most, three letters or more, at most five."),
    // What a model would find; clients of this route read them as lists.
    actionItems: z.array(z.unknown()).describe("Always empty: plain rules find none."),
    decisions: z.array(z.unknown()).describe("Always empty."),
    openQuestions: z.array(z.unknown()).describe("Always empty."),
    nextSteps: z.array(z.unknown()).describe("Always empty."),
    intent: z.null(),
    narrative: z.string(),
    generatedAt: z.string(),
  })
  .meta({ id: "CallSummary" });

/** What a call came to, by plain rules from its transcript: no model reads it. NOT_FOUND. */
export const getSummary = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const call = await findCall(ctx, reader(ctx), input.id);
    return summarise(call, await segmentsOf(reader(ctx), call), ctx.services.clock.now());
  },
});

export function summarise(call: Call, all: CallSegment[], now: Date): z.infer<typeof Summary> {
  const segments = all.filter(({ isFinal }) => isFinal);
  const last = segments.at(-1);
  const speakers = { agent: measure(segments, "agent"), caller: measure(segments, "caller") };
  const turns = segments.filter((segment, index) => segment.speaker !== segments[index - 1]?.speaker).length;
  const durationSeconds = call.durationSeconds ?? 0;
  const outcome = call.endReason ? `${call.state}: ${call.endReason}` : call.state;
  const direction = call.direction === "INBOUND" ? `from ${call.fromNumber}` : `to ${call.toNumber}`;
  const oneLiner = `Call ${direction}, ${outcome}, ${durationSeconds} s, ${turns} turns.`;
  const closing = last ? ` The last words were the ${last.speaker}'s: "${last.text}"` : " Nothing was said.";
  return {
    callId: call.id,
    oneLiner,
    outcome,
    durationSeconds,
    turns,
    speakers,
    lastWords: last ? { speaker: last.speaker as "agent" | "caller", text: last.text } : null,
    asksToStop: segments
      .filter(({ speaker, text }) => speaker === "caller" && asksToStop(text))
      .map(({ text }) => text),
    topics: topicsOf(segments),
    actionItems: [],
    decisions: [],
    openQuestions: [],
    nextSteps: [],
    intent: null,
    narrative: `${oneLiner} The agent spoke ${speakers.agent.words} words, the caller ${speakers.caller.words}.${closing}`,
    generatedAt: now.toISOString(),
  };
}

function measure(segments: CallSegment[], speaker: "agent" | "caller"): z.infer<typeof Speaker> {
  const own = segments.filter((segment) => segment.speaker === speaker);
  return {
    turns: own.length,
    words: own.reduce((sum, { text }) => sum + wordsOf(text).length, 0),
    seconds: own.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs), 0) / 1_000,
  };
}

const MOST_TOPICS = 5;
const COMMON = new Set(
  "the and for you are but not with this that have has was were will would can could your our what when where how who why there here from they them then than its it's i'm we're you're yes just about please thank thanks hello okay".split(
    " ",
  ),
);

function topicsOf(segments: CallSegment[]): string[] {
  const counts = new Map<string, number>();
  for (const { text } of segments) {
    for (const word of wordsOf(text)) {
      if (word.length >= 3 && !COMMON.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const often = [...counts].filter(([, count]) => count > 1).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return often.slice(0, MOST_TOPICS).map(([word]) => word);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? [];
}
