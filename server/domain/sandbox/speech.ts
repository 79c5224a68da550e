import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { schedule } from "./steps.ts";

const SECONDS_PER_WORD = 0.4;

/** What is being said, or is to be, in a call. */
type Speech = { seq: bigint; turnId: string | null; text: string; startsAt: Date; dueAt: Date | null };

/** How long a person listens to it, in seconds. */
export function spokenSeconds(text: string): number {
  return wordsOf(text).length * SECONDS_PER_WORD;
}

/** Adds to what a call's agent says. Turns are spoken one after the other. */
export async function addSpeech(
  tx: Transaction,
  carrierId: string,
  piece: { turnId: string; text: string; last: boolean },
  now: Date,
): Promise<void> {
  const speeches = await speechesOf(tx, carrierId);
  const begun = speeches.find(({ turnId, dueAt }) => turnId === piece.turnId && dueAt === null);
  const others = speeches.filter((speech) => speech !== begun).map(({ dueAt }) => dueAt?.getTime() ?? 0);
  const startsAt = begun?.startsAt ?? new Date(Math.max(now.getTime(), ...others));
  const text = (begun?.text ?? "") + piece.text;
  const ends = Math.max(now.getTime(), startsAt.getTime() + spokenSeconds(text) * 1000);
  if (begun) await tx.sandboxStep.delete({ where: { seq: begun.seq } });
  await schedule(tx, carrierId, [
    {
      id: `turn-${newId()}`,
      dueAt: piece.last ? new Date(ends) : null,
      news: { kind: "speak_ended", turnId: piece.turnId, text, startsAt: startsAt.toISOString() },
    },
  ]);
}

type Said = { turnId: string | null; text: string };

/**
 * Ends what is being said and what was to be said.
 * @returns what was said of it by now, if anything was being said; and the turns that were not begun
 */
export async function cutSpeech(
  tx: Transaction,
  carrierId: string,
  now: Date,
): Promise<{ said: Said | null; unsaid: Said[] }> {
  const speeches = (await speechesOf(tx, carrierId)).filter(({ dueAt }) => dueAt === null || dueAt > now);
  await tx.sandboxStep.deleteMany({ where: { seq: { in: speeches.map(({ seq }) => seq) } } });
  const current = speeches.find(({ startsAt }) => startsAt <= now);
  const unsaid = speeches.filter((speech) => speech !== current).map(({ turnId }) => ({ turnId, text: "" }));
  if (!current) return { said: null, unsaid };
  const words = Math.floor((now.getTime() - current.startsAt.getTime()) / 1000 / SECONDS_PER_WORD);
  return { said: { turnId: current.turnId, text: wordsOf(current.text).slice(0, words).join(" ") }, unsaid };
}

/** The same; what became of each turn is news. */
export async function stopSpeech(tx: Transaction, carrierId: string, now: Date): Promise<void> {
  const { said, unsaid } = await cutSpeech(tx, carrierId, now);
  const ends = [...(said ? [said] : []), ...unsaid];
  const news = (turn: Said) => ({ kind: "speak_ended" as const, ...turn });
  await schedule(
    tx,
    carrierId,
    ends.map((turn) => ({ id: `turn-${newId()}`, dueAt: now, news: news(turn) })),
  );
}

async function speechesOf(tx: Transaction, carrierId: string): Promise<Speech[]> {
  const rows = await tx.sandboxStep.findMany({
    where: { carrierId, news: { path: ["kind"], equals: "speak_ended" } },
    orderBy: { seq: "asc" },
  });
  return rows.flatMap(({ seq, dueAt, news }) => {
    const { turnId, text, startsAt } = news as { turnId: string | null; text: string; startsAt?: string };
    return startsAt === undefined ? [] : [{ seq, dueAt, turnId, text, startsAt: new Date(startsAt) }];
  });
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
