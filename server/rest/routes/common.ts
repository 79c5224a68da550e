import { z } from "zod";

/** A page of a list, as every list answers it. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .object({
      items: z.array(item),
      pagination: z.object({ nextCursor: z.string().nullable(), hasMore: z.boolean() }),
    })
    .meta({ id });
}

/** What every delete answers. */
export const Success = z.object({ success: z.literal(true) }).meta({ id: "Success" });
