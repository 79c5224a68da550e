import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { eventBase, inheritCorrelation, orgOf } from "../context.ts";
import { id, listOf } from "../fields.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findMessage, presentMessage } from "./get.ts";
import { changeLabels, Label, MAX_LABELS } from "./labels.ts";

const EVENT_CHANNELS: Record<string, "email" | "sms" | "voice"> = {
  EMAIL: "email",
  SMS: "sms",
  MMS: "sms",
  VOICE: "voice",
};

/**
 * Adds and removes labels of a message; see changeLabels for the rules. What changes nothing is no event.
 * Labels are how an inbox is kept in order, hence inbox:write. NOT_FOUND, VALIDATION_ERROR.
 */
export const updateLabels = verb({
  access: anyKey("inbox:write"),
  input: z.object({
    id,
    addLabels: listOf(Label, MAX_LABELS).default([]),
    removeLabels: listOf(Label, MAX_LABELS).default([]),
  }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      // Whoever changes the same message waits here, and then sees what this change made.
      await tx.$queryRaw`SELECT id FROM message WHERE org_id = ${orgId} AND id = ${input.id} FOR NO KEY UPDATE`;
      const row = await findMessage({ ...ctx, tx }, input.id);
      const labels = changeLabels(row, { add: input.addLabels, remove: input.removeLabels });
      const added = labels.filter((label) => !row.labels.includes(label));
      const removed = row.labels.filter((label) => !labels.includes(label));
      if (added.length + removed.length === 0) return presentMessage({ ...ctx, tx }, row);
      const changed = await tx.message.update({
        where: { orgId_id: { orgId, id: row.id } },
        data: { labels, updatedAt: ctx.services.clock.now() },
      });
      inheritCorrelation(ctx, row.correlationId);
      const channel = EVENT_CHANNELS[row.channel] ?? "email";
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel,
        event: `${channel}.labeled`,
        result: "SUCCESS",
        agentId: row.agentId,
        resourceType: "message",
        resourceId: row.id,
        parentId: row.eventId,
        data: { addedCount: added.length, removedCount: removed.length },
        personal: { detail: [...added.map((l) => `+${l}`), ...removed.map((l) => `-${l}`)].join(" "), added, removed },
      });
      return presentMessage({ ...ctx, tx }, changed);
    }),
});
