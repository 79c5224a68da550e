import { stringify } from "csv-stringify/sync";
import type { AuditEvent } from "./schemas.ts";

export const EXPORT_FORMATS = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How a file of events is written. The number stands first in every record, so that a reader can tell how far it is. */
export type EventWriter = {
  mediaType: string;
  head: string;
  records: (events: AuditEvent[]) => string;
  /** The last line of a file that has everything: without it, it was cut. */
  tail: (count: number) => string;
};

const COLUMNS = [
  "seq",
  "ts",
  "channel",
  "event",
  "result",
  "direction",
  "agentId",
  "actorType",
  "actorId",
  "resourceType",
  "resourceId",
  "detail",
  "correlationId",
  "requestId",
  "parentId",
  "id",
  "data",
] as const satisfies (keyof AuditEvent)[];

/**
 * RFC 4180. Subjects and names are what strangers wrote: a cell that a spreadsheet would take for a formula (it begins
 * with =, +, - or @) begins with an apostrophe instead. The byte order mark lets Excel read UTF-8.
 */
const csv: EventWriter = {
  mediaType: "text/csv; charset=utf-8; header=present",
  head: `\ufeff${rows([[...COLUMNS]])}`,
  records: (events) =>
    rows(events.map((event) => COLUMNS.map((name) => (name === "data" ? JSON.stringify(event.data) : event[name])))),
  tail: (count) => rows([[`# complete: ${count} events`, ...COLUMNS.slice(1).map(() => "")]]),
};

function rows(records: unknown[][]): string {
  return stringify(records, { escape_formulas: true, record_delimiter: "\r\n", quote_record_delimiter: true });
}

const jsonLines: EventWriter = {
  mediaType: "application/jsonl; charset=utf-8",
  head: "",
  records: (events) => events.map(({ seq, ...event }) => `${JSON.stringify({ seq, ...event })}\n`).join(""),
  tail: (count) => `${JSON.stringify({ complete: true, events: count })}\n`,
};

const WRITERS: Record<ExportFormat, EventWriter> = { csv, jsonl: jsonLines };

/** The text of a file of events, piece by piece. */
export async function* writeEvents(
  format: ExportFormat,
  batches: AsyncGenerator<AuditEvent[]>,
): AsyncGenerator<string> {
  const writer = WRITERS[format];
  let count = 0;
  if (writer.head) yield writer.head;
  for await (const events of batches) {
    count += events.length;
    yield writer.records(events);
  }
  yield writer.tail(count);
}

export function mediaTypeOf(format: ExportFormat): string {
  return WRITERS[format].mediaType;
}
