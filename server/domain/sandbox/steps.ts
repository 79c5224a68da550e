import type { Transaction } from "#server/platform/database.ts";
import type { CarrierNews } from "../phone/news.ts";

/** Wakes whoever tells what is due. */
export const STEP_CHANNEL = "anima_sandbox";

type Content<News> = News extends CarrierNews ? Omit<News, "id" | "at" | "carrierId" | "token"> : never;
/** Words have a beginning too: what was said when they are cut off follows from it. */
export type NewsContent =
  | Exclude<Content<CarrierNews>, { kind: "speak_ended" }>
  | (Extract<Content<CarrierNews>, { kind: "speak_ended" }> & { startsAt?: string });

/** @param id one of its kind for a call: a step that is there already is not made again */
export type Step = { id: string; dueAt: Date | null; news: NewsContent };

/** Writes down what will happen to a call or message. */
export async function schedule(tx: Transaction, carrierId: string, steps: Step[]): Promise<void> {
  await tx.sandboxStep.createMany({ data: steps.map((step) => ({ ...step, carrierId })), skipDuplicates: true });
  await tx.$queryRaw`SELECT pg_notify(${STEP_CHANNEL}, '')::text`;
}

export function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
