import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { z } from "zod";
import { appendCall, appendParameters } from "#server/audit/append.ts";
import { prepareEvent } from "#server/audit/record.ts";
import { masterKey } from "../../authorise.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { verb } from "../../verb.ts";
import { normalizeNumber } from "../places/number.ts";

const MAX_NUMBERS = 2_000_000;
const BATCH = 20_000;
const CHUNK = 65_536;
const SHOWN_PROBLEMS = 20;
const COLUMN = /^(?:phone|telephone|mobile|number|phone[ _-]?number|telephone[ _-]?number|e\.?164)$/i;

export const ImportResult = z
  .object({
    rows: z.int().describe("Numbers in the file"),
    added: z.int(),
    alreadyListed: z.int().describe("On the list before, or more than once in the file"),
  })
  .meta({ id: "DoNotCallImport" });
export type ImportResult = z.infer<typeof ImportResult>;

/** How far an import is, in different numbers, or what came of it. */
export type ImportStep = { stored: number; of: number } | ImportResult;

/**
 * Puts the numbers of a CSV file on the list: of its column named phone_number (or the like), else of the first one. All
 * of it or nothing: a line that is no number refuses the file (VALIDATION_ERROR, details.fields with the lines). A repeat
 * changes nothing.
 */
export const importDoNotCall = verb({
  access: masterKey("compliance:write"),
  input: z.object({ csv: z.string() }),
  run: async (ctx, { csv }) => {
    const steps = store(ctx, await readNumbers(chunksOf(csv)));
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return value;
    }
  },
});

/**
 * The same of a file that is still arriving, step by step: it is read, and refused, before this resolves; whoever goes
 * through `steps` has it stored. Who leaves off before the last one has stored nothing.
 */
export const importDoNotCallInSteps = verb({
  access: masterKey("compliance:write"),
  input: z.object({ csv: z.custom<AsyncIterable<Uint8Array>>() }),
  run: async (ctx, { csv }) => ({ steps: tell(store(ctx, await readNumbers(csv))) }),
});

async function* tell(steps: AsyncGenerator<ImportStep, ImportResult>): AsyncGenerator<ImportStep> {
  yield yield* steps;
}

async function* store(ctx: Context, numbers: string[]): AsyncGenerator<ImportStep, ImportResult> {
  const added = yield* insert(ctx, [...new Set(numbers)].sort());
  return { rows: numbers.length, added, alreadyListed: numbers.length - added };
}

async function readNumbers(pieces: Iterable<string> | AsyncIterable<Uint8Array>): Promise<string[]> {
  const numbers: string[] = [];
  const problems: { field: string; message: string }[] = [];
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    comment: "#",
    info: true,
  });
  // One piece at a time, so that others are served between them. What breaks the pieces off breaks the parser off.
  pipeline(Readable.from(pieces), parser, () => {});
  let column: number | null = null;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvLine>) {
      if (column === null) {
        const named = record.findIndex((cell) => COLUMN.test(cell));
        column = Math.max(0, named);
        if (named !== -1) continue;
      }
      const cell = record[column] ?? "";
      const number = normalizeNumber(cell);
      if (number !== null) numbers.push(number);
      else
        problems.push({ field: `line ${info.lines}`, message: `${JSON.stringify(cell.slice(0, 40))} is no number.` });
      if (numbers.length > MAX_NUMBERS)
        throw refused([{ field: "csv", message: `has more than ${MAX_NUMBERS} numbers.` }]);
      if (problems.length >= SHOWN_PROBLEMS) break;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refused([{ field: "csv", message: `is not CSV: ${error.message}` }]);
  }
  if (problems.length > 0) throw refused(problems);
  if (numbers.length === 0) throw refused([{ field: "csv", message: "has no number in it." }]);
  return numbers;
}

type CsvLine = { record: string[]; info: { lines: number } };

function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += CHUNK) yield text.slice(from, from + CHUNK);
}

function refused(fields: { field: string; message: string }[]): DomainError {
  return new DomainError("VALIDATION_ERROR", `${fields[0]?.field}: ${fields[0]?.message}`, { details: { fields } });
}

/** All in one transaction of its own: a million rows take longer than an action may. */
async function* insert(ctx: Context, numbers: string[]): AsyncGenerator<ImportStep, number> {
  const { services } = ctx;
  const orgId = orgOf(ctx);
  const now = services.clock.now();
  const client = await services.db.pool.connect();
  let isWhole = false;
  try {
    let added = 0;
    await client.query("BEGIN");
    for (let from = 0; from < numbers.length; from += BATCH) {
      const { rowCount } = await client.query({
        name: "import-do-not-call",
        text: `INSERT INTO do_not_call (org_id, phone_number, source, created_at)
          SELECT $1, number, 'IMPORTED', $3 FROM unnest($2::text[]) AS number ON CONFLICT DO NOTHING`,
        values: [orgId, numbers.slice(from, from + BATCH), now],
      });
      added += rowCount ?? 0;
      yield { stored: Math.min(from + BATCH, numbers.length), of: numbers.length };
    }
    await client.query(
      `UPDATE stop_heard SET settled_at = $2, settled_by = 'LISTED' WHERE org_id = $1 AND settled_at IS NULL
        AND EXISTS (SELECT 1 FROM do_not_call d WHERE d.org_id = $1 AND d.phone_number = stop_heard.phone_number)`,
      [orgId, now],
    );
    const event = prepareEvent(
      {
        ...eventBase(ctx),
        orgId,
        channel: "voice",
        event: "voice.do_not_call.imported",
        result: "SUCCESS",
        data: { numbers: numbers.length, added },
        personal: { detail: `${added} of ${numbers.length} numbers were new` },
      },
      now,
    );
    await client.query(`SELECT ${appendCall(1)}`, appendParameters(event, null));
    await client.query("COMMIT");
    isWhole = true;
    return added;
  } finally {
    // A connection whose transaction did not come to its end is not used again.
    client.release(!isWhole);
  }
}
