import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type AddressObject, type AttachmentStream, MailParser, type MessageText } from "mailparser";
import { cleanLine, cleanText } from "./clean-text.ts";
import type { MailInLimits } from "./limits.ts";
import { parseMessageIds } from "./message-id.ts";
import type { ParsedMessage, ReceivedAttachment, Truncation } from "./types.ts";

export type ParseInput = {
  rawPath: string;
  /** The kept header fields and the blank line after them. */
  header: Uint8Array;
  /** Where the body starts in the raw file; null to read the header alone. */
  bodyOffset: number | null;
  /** The Date field as received: mailparser turns an unreadable date into now. */
  date: string | null;
  /** An existing folder for attachment files. */
  folder: string;
  limits: Pick<MailInLimits, "maxParts" | "maxAttachments" | "maxAddresses" | "maxTextChars" | "maxHtmlChars">;
};

// Well above maxHeaderBytes: mailparser counts every header line as at least 64 bytes.
const MAX_PART_HEADER_BYTES = 1024 * 1024;

/**
 * Reads the mail's header, text and attachments with mailparser; attachments go to files in `folder`. Runs in a worker,
 * since hostile MIME can keep it busy. Throws where the MIME tree has more parts or larger part headers than the
 * limits allow. Embedded messages stay attachments.
 */
export async function parseMessage(input: ParseInput): Promise<ParsedMessage> {
  const { limits } = input;
  const truncated = new Set<Truncation>();
  const attachments: ReceivedAttachment[] = [];
  let headers: MailHeaders = new Map();
  let body: MessageText = { type: "text" };
  const parser = new MailParser({
    skipTextToHtml: true,
    skipTextLinks: true,
    ignoreEmbedded: true,
    checksumAlgo: false,
    maxHeadSize: MAX_PART_HEADER_BYTES,
    maxChildNodes: limits.maxParts,
    maxHtmlLengthToParse: limits.maxTextChars,
  });
  parser.on("headers", (found) => {
    headers = found;
  });

  const transform: Transform = parser;
  await pipeline(Readable.from(source(input)), transform, async (parts: AsyncIterable<unknown>) => {
    for await (const item of parts) {
      const part = item as AttachmentStream | MessageText;
      if (part.type === "text") body = part;
      else if (attachments.length < limits.maxAttachments) {
        attachments.push(await save(part, attachments.length, input));
      } else {
        truncated.add("attachments");
        part.content.resume();
        part.release?.();
      }
    }
  });

  const { text = "", html = null } = body;
  if (text.length > limits.maxTextChars || body.textConversionError) truncated.add("text");
  if (html !== null && html.length > limits.maxHtmlChars) truncated.add("html");
  const addresses = (name: string) => readAddresses(headers, name, limits.maxAddresses, truncated);
  const [from] = addresses("from");
  return {
    messageId: messageIds(headers, "message-id")[0] ?? null,
    inReplyTo: messageIds(headers, "in-reply-to")[0] ?? null,
    references: messageIds(headers, "references"),
    from: from?.address ?? "",
    fromName: from?.name || null,
    to: addresses("to").map((entry) => entry.address),
    cc: addresses("cc").map((entry) => entry.address),
    replyTo: addresses("reply-to").map((entry) => entry.address),
    subject: cleanLine(stringHeader(headers, "subject"), 2_000),
    sentDate: readDate(input.date),
    text: cleanText(text, limits.maxTextChars),
    html: html === null ? null : cleanText(html, limits.maxHtmlChars),
    attachments,
    truncated: [...truncated],
  };
}

type MailHeaders = Map<string, unknown>;

async function* source(input: ParseInput): AsyncGenerator<Uint8Array> {
  yield input.header;
  if (input.bodyOffset !== null) yield* createReadStream(input.rawPath, { start: input.bodyOffset });
}

async function save(part: AttachmentStream, index: number, input: ParseInput): Promise<ReceivedAttachment> {
  const path = join(input.folder, `attachment-${index}`);
  await pipeline(part.content, createWriteStream(path));
  part.release?.();
  const base = (part.filename ?? "").split(/[/\\]/).pop() ?? "";
  return {
    filename: cleanLine(base, 255) || `attachment-${index + 1}`,
    mimeType: cleanLine(part.contentType || "application/octet-stream", 255).toLowerCase(),
    sizeBytes: part.size ?? 0,
    contentId: part.cid ? cleanLine(part.cid, 998) : null,
    path,
  };
}

function stringHeader(headers: MailHeaders, name: string): string {
  const value = headers.get(name);
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === "string").join(" ");
  return typeof value === "string" ? value : "";
}

function messageIds(headers: MailHeaders, name: string): string[] {
  return parseMessageIds(cleanLine(stringHeader(headers, name), 100_000));
}

type Address = { address: string; name: string };

function readAddresses(headers: MailHeaders, name: string, max: number, truncated: Set<Truncation>): Address[] {
  const value = headers.get(name) as AddressObject | AddressObject[] | undefined;
  const objects = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const entries = objects.flatMap((object) => object.value).flatMap((entry) => entry.group ?? [entry]);
  const found = entries
    .filter((entry) => entry.address?.includes("@"))
    .map((entry) => ({ address: cleanLine(entry.address ?? "", 320), name: cleanLine(entry.name, 255) }));
  if (found.length > max) truncated.add("addresses");
  return found.slice(0, max);
}

function readDate(value: string | null): Date | null {
  const date = new Date((value ?? "").slice(0, 100));
  return Number.isNaN(date.getTime()) ? null : date;
}
