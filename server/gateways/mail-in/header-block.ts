import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { cleanLine } from "./clean-text.ts";
import type { MailInLimits } from "./limits.ts";

export type HeaderField = {
  /** Lower-case. */
  name: string;
  /** All lines of the field as received, with their line endings. */
  raw: Buffer;
};

export type HeaderBlock = {
  fields: HeaderField[];
  /** Received fields seen, also those that were not kept. */
  receivedCount: number;
  /** Where the body starts in the file; the file's size when there is none. */
  bodyOffset: number;
  /** True when a field was left out because of the limits. */
  truncated: boolean;
};

type HeaderLimits = Pick<MailInLimits, "maxHeaderBytes" | "maxHeaderFields" | "maxFieldBytes">;

const SCAN_BYTES = 4 * 1024 * 1024; // a header longer than this is given up: the mail then has no body
const ESSENTIAL_BYTES = 16 * 1024;
// Kept once each even where a flood of other fields has used up the budget: without them the body cannot be read or threaded.
const ESSENTIAL = new Set([
  "from",
  "to",
  "cc",
  "reply-to",
  "subject",
  "date",
  "message-id",
  "in-reply-to",
  "references",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
  "content-disposition",
  "auto-submitted",
  "precedence",
  "list-id",
  "x-anima-loop",
]);

/**
 * Reads the header fields (RFC 5322 section 2.2) of the mail in a file, in memory bounded by the limits however large
 * the header is. Lines that are no field are skipped.
 */
export async function readHeaderBlock(path: string, limits: HeaderLimits): Promise<HeaderBlock> {
  const fields = new FieldCollector(limits);
  let pending: Buffer = Buffer.alloc(0);
  let consumed = 0;
  let skipLine = false;
  for await (const chunk of createReadStream(path, { end: SCAN_BYTES - 1 })) {
    const data: Buffer = pending.length > 0 ? Buffer.concat([pending, chunk as Buffer]) : (chunk as Buffer);
    let start = 0;
    for (let lf = data.indexOf(0x0a); lf >= 0; lf = data.indexOf(0x0a, start)) {
      const line = data.subarray(start, lf + 1);
      start = lf + 1;
      if (skipLine) skipLine = false;
      else if (isBlank(line)) return fields.finish(consumed + start, false);
      else fields.addLine(line);
    }
    consumed += start;
    pending = data.subarray(start);
    if (pending.length > limits.maxFieldBytes) {
      if (!skipLine) fields.addLine(pending);
      skipLine = true;
      consumed += pending.length;
      pending = Buffer.alloc(0);
    }
  }
  if (pending.length > 0 && !skipLine) fields.addLine(Buffer.concat([pending, Buffer.from("\r\n")]));
  const { size } = await stat(path);
  return fields.finish(size, size > SCAN_BYTES);
}

/** The kept fields and the blank line that ends them, as bytes. */
export function headerBytes(fields: HeaderField[]): Buffer {
  return Buffer.concat([...fields.map((field) => field.raw), Buffer.from("\r\n")]);
}

/** A field's value, unfolded (RFC 5322 section 2.2.3), not decoded, without control characters. */
export function fieldValue(field: HeaderField): string {
  const text = field.raw.toString("utf8");
  return cleanLine(text.slice(text.indexOf(":") + 1).replace(/\r?\n/g, ""), field.raw.length);
}

/** The value of the first field of that name. */
export function firstValue(block: HeaderBlock, name: string): string | null {
  const field = block.fields.find((candidate) => candidate.name === name);
  return field ? fieldValue(field) : null;
}

/** All fields by name; the values of repeated fields are joined by ", ". */
export function headerRecord(block: HeaderBlock): Record<string, string> {
  const values = new Map<string, string[]>();
  for (const field of block.fields) {
    const known = values.get(field.name);
    if (known) known.push(fieldValue(field));
    else values.set(field.name, [fieldValue(field)]);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, list.join(", ")]));
}

function isBlank(line: Buffer): boolean {
  return line.length === 1 || (line.length === 2 && line[0] === 0x0d);
}

/** Puts lines together to fields and keeps what the limits allow. */
class FieldCollector {
  #limits: HeaderLimits;
  #fields: HeaderField[] = [];
  #keptBytes = 0;
  #receivedCount = 0;
  #truncated = false;
  #essentialSeen = new Set<string>();
  #current: { name: string; lines: Buffer[]; bytes: number } | null = null;

  constructor(limits: HeaderLimits) {
    this.#limits = limits;
  }

  addLine(line: Buffer): void {
    const folded = line[0] === 0x20 || line[0] === 0x09;
    if (!folded) {
      this.#endField();
      const name = fieldName(line);
      this.#current = name ? { name, lines: [], bytes: 0 } : null;
    }
    if (!this.#current) return;
    this.#current.bytes += line.length;
    // Copied: a view would keep the whole chunk of the file in memory.
    if (this.#current.bytes <= this.#limits.maxFieldBytes) this.#current.lines.push(Buffer.from(line));
    else this.#current.lines = [];
  }

  finish(bodyOffset: number, truncated: boolean): HeaderBlock {
    this.#endField();
    return {
      fields: this.#fields,
      receivedCount: this.#receivedCount,
      bodyOffset,
      truncated: truncated || this.#truncated,
    };
  }

  #endField(): void {
    const field = this.#current;
    this.#current = null;
    if (!field) return;
    if (field.name === "received") this.#receivedCount += 1;
    if (!this.#fits(field.name, field.bytes)) {
      this.#truncated = true;
      return;
    }
    this.#essentialSeen.add(field.name);
    this.#keptBytes += field.bytes;
    this.#fields.push({ name: field.name, raw: Buffer.concat(field.lines) });
  }

  #fits(name: string, bytes: number): boolean {
    if (bytes > this.#limits.maxFieldBytes) return false;
    const withinBudget =
      this.#fields.length < this.#limits.maxHeaderFields && this.#keptBytes + bytes <= this.#limits.maxHeaderBytes;
    return withinBudget || (ESSENTIAL.has(name) && bytes <= ESSENTIAL_BYTES && !this.#essentialSeen.has(name));
  }
}

function fieldName(line: Buffer): string | null {
  const colon = line.indexOf(0x3a);
  if (colon < 1 || colon > 200) return null;
  const name = line.toString("latin1", 0, colon).trimEnd();
  return /^[!-9;-~]+$/.test(name) ? name.toLowerCase() : null;
}
