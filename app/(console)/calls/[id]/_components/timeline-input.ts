import type { CallFacts } from "#server/domain/call-log/read.ts";

/** The events in which a call's own are: those of its chain and channel from its first moment on, oldest first. */
export function timelineInput({ correlationId, createdAt }: Pick<CallFacts, "correlationId" | "createdAt">) {
  const after = new Date(Date.parse(createdAt) - 1_000).toISOString();
  return { correlationId, channel: "voice" as const, after, order: "asc" as const, limit: 100 };
}
