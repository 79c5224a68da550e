import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { findMessage, presentMessage } from "../messages/get.ts";
import { getThread } from "../threads/get.ts";
import { verb } from "../verb.ts";
import { toSummary } from "./summary.ts";

/** The thread that a mail stands in: its newest messages, oldest first, and the mail itself however old. NOT_FOUND. */
export const openThread = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const row = await findMessage(ctx, input.id, "EMAIL");
    const { messages, ...thread } = await getThread(ctx, { id: row.threadId });
    const isThere = messages.some((message) => message.id === row.id);
    const shown = isThere ? messages : [await presentMessage(ctx, row), ...messages];
    return { ...thread, messages: shown.map(toSummary) };
  },
});
