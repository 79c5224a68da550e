import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { PageInput } from "../pagination.ts";
import { verb } from "../verb.ts";
import { MessageFilterInput, toFilter } from "./filter.ts";
import { pageOfMessages } from "./page.ts";

// One client sends {"Cursor":"","Limit":0}: the names are not ours and go unseen; a limit of 0 is the default one. Others
// hand back the nextCursor that they have, which may be null.
const Pagination = z.object({
  cursor: PageInput.shape.cursor.nullish().transform((cursor) => cursor ?? undefined),
  limit: z.preprocess((limit) => (limit === 0 ? undefined : limit), PageInput.shape.limit),
});

/**
 * Messages by their words (subject, addresses, text), newest first. The query is what people type into a search box:
 * words that all occur, "a phrase", `or`, `-without`. Words are not stemmed: agents write in every language.
 */
export const searchMessages = verb({
  access: anyKey("messages:search"),
  effect: "read",
  input: z.object({
    query: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe("Words of subject, addresses and text, of a very long text those of its first 100,000 characters."),
    filters: MessageFilterInput.nullish(),
    pagination: Pagination.nullish(),
  }),
  run: (ctx, input) => {
    const filter = toFilter(ctx, input.filters ?? { includeSpam: false });
    return pageOfMessages(ctx, { ...filter, words: input.query }, input.pagination ?? Pagination.parse({}));
  },
});
