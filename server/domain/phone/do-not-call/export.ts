import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { masterKey } from "../../authorise.ts";
import { type Context, orgOf } from "../../context.ts";
import { verb } from "../../verb.ts";

const BATCH = 10_000;

/** The whole list, in batches, as it is while it is read; `total` numbers at the time of the call. */
export const exportDoNotCall = verb({
  access: masterKey("compliance:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => ({
    total: await ctx.services.db.prisma.doNotCall.count({ where: { orgId: orgOf(ctx) } }),
    batches: batchesOf(ctx),
  }),
});

type Row = { phone_number: string; source: string; reason: string | null; created_at: Date };

async function* batchesOf(ctx: Context): AsyncGenerator<Row[]> {
  let after = "";
  for (;;) {
    const { rows } = await ctx.services.db.pool.query<Row>({
      name: "export-do-not-call",
      text: `SELECT phone_number, source, reason, created_at FROM do_not_call
        WHERE org_id = $1 AND phone_number > $2 ORDER BY phone_number LIMIT ${BATCH}`,
      values: [orgOf(ctx), after],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.phone_number;
  }
}

/**
 * The list as CSV, piece by piece.
 *
 * @param saysWhole ends the file with a line that says so: for the import it is a comment
 */
export async function* writeDoNotCall(
  batches: AsyncGenerator<Row[]>,
  { saysWhole }: { saysWhole: boolean },
): AsyncGenerator<string> {
  yield lines([["phone_number", "source", "reason", "created_at"]]);
  let count = 0;
  for await (const rows of batches) {
    count += rows.length;
    yield lines(rows.map((row) => [row.phone_number, row.source, row.reason ?? "", row.created_at.toISOString()]));
  }
  if (saysWhole) yield lines([[`# complete: ${count} numbers`, "", "", ""]]);
}

/** A reason is what somebody wrote: a spreadsheet must not run it. Numbers begin with a plus, and are no formula. */
function lines(rows: string[][]): string {
  return stringify(rows, {
    record_delimiter: "\r\n",
    quote_record_delimiter: true,
    cast: { string: (value, { index }) => (index === 2 && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value) },
  });
}
