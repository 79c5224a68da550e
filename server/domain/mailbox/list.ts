import { z } from "zod";
import { anyKey } from "../authorise.ts";
import type { Context } from "../context.ts";
import { id } from "../fields.ts";
import { Label } from "../messages/labels.ts";
import { listMessages } from "../messages/list.ts";
import type { Message } from "../messages/schemas.ts";
import { searchMessages } from "../messages/search.ts";
import { encodeCursor, type Page, PageInput } from "../pagination.ts";
import { verb } from "../verb.ts";
import { BOX_NAMES, BOXES, type Box } from "./boxes.ts";
import { type MailSummary, toSummary } from "./summary.ts";

// Lists cannot leave out a label, so archived mail is passed over as it is read: at most so many pages at once.
const MAX_READS = 5;

const ListInput = PageInput.extend({
  box: z.enum(BOX_NAMES).default("inbox"),
  agentId: id.optional(),
  label: Label.optional(),
  query: z.string().trim().max(500).optional().describe("What searchMessages takes; nothing for all."),
});

/**
 * One page of a mailbox, newest first: of all agents or of one. A page may be short, or empty, where much of what was
 * read is archived; `hasMore` says whether it goes on. VALIDATION_ERROR, NOT_FOUND (agent, with an agent's key).
 */
export const listMailbox = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: ListInput,
  run: async (ctx, input): Promise<Page<MailSummary>> => {
    const items: Message[] = [];
    let cursor = input.cursor ?? null;
    for (let reads = 0; reads < MAX_READS; reads++) {
      const page = await read(ctx, input, cursor);
      items.push(...page.items.filter((message) => isShown(input.box, message)));
      cursor = page.pagination.nextCursor;
      if (cursor === null || items.length >= input.limit) break;
    }
    const shown = items.slice(0, input.limit);
    const last = shown.at(-1);
    if (items.length > shown.length && last) cursor = encodeCursor(last.id);
    return { items: shown.map(toSummary), pagination: { nextCursor: cursor, hasMore: cursor !== null } };
  },
});

function read(ctx: Context, input: z.output<typeof ListInput>, cursor: string | null): Promise<Page<Message>> {
  const { box, agentId, label, query, limit } = input;
  const definition = BOXES[box];
  const own: readonly string[] = "labels" in definition ? definition.labels : [];
  const labels = [...own, ...(label === undefined ? [] : [label])];
  const filters = { ...definition, channel: "EMAIL" as const, agentId, ...(labels.length > 0 ? { labels } : {}) };
  const page = { limit, ...(cursor === null ? {} : { cursor }) };
  if (!query) return listMessages(ctx, { ...filters, ...page });
  return searchMessages(ctx, { query, filters, pagination: page });
}

function isShown(box: Box, message: Message): boolean {
  return box !== "inbox" || !message.labels.includes("archived");
}
