import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import PDFDocument from "pdfkit";
import type { InvoiceLine, Invoice as Row } from "#server/platform/generated/client.ts";
import { canonicalZone } from "../billing/periods.ts";
import { dayIn, formatMicros, formatUnits, invoiceNumber } from "./words.ts";

type BillTo = { name: string; address: string | null; email: string | null };
type Paper = InstanceType<typeof PDFDocument>;
type Element = ReturnType<Paper["struct"]>;

// Points. A4 is 595 by 842.
const MARGIN = 56;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - 72;
const PADDING = 5;

const COLUMNS = [
  { title: "Description", width: 160, align: "left" },
  { title: "Quantity", width: 58, align: "right" },
  { title: "Included", width: 58, align: "right" },
  { title: "Billable", width: 58, align: "right" },
  { title: "Unit price", width: 58, align: "right" },
  { title: "Amount", width: WIDTH - 392, align: "right" },
] as const;

/**
 * An invoice as a document: A4, with its text, structure and language for readers that do not see it, and the same bytes
 * whenever it is made of the same status.
 */
export async function renderInvoice(row: Row, lines: InvoiceLine[], paid: { status: string; at: Date | null }) {
  const number = invoiceNumber(row.number);
  const doc = new PDFDocument({
    size: "A4",
    margins: { top: MARGIN, bottom: 0, left: MARGIN, right: MARGIN },
    pdfVersion: "1.7",
    tagged: true,
    lang: "en",
    displayTitle: true,
    bufferPages: true,
    font: font("DejaVuSans.ttf"),
    info: { Title: `Invoice ${number}`, Author: row.issuer.split("\n")[0] ?? "", CreationDate: row.issuedAt },
  });
  const bytes = buffer(doc);
  doc.registerFont("regular", font("DejaVuSans.ttf")).registerFont("bold", font("DejaVuSans-Bold.ttf"));
  const root = doc.struct("Document");
  doc.addStructure(root);
  const names = namesOf(doc, row);
  writeHead(doc, root, row, number, names);
  writeLines(doc, root, row.currency, lines);
  writeTotal(doc, root, row, paid);
  if (names.hasNumbers) writeNote(doc, root, CHARACTER_NOTE);
  root.end();
  numberPages(doc, number);
  doc.end();
  return bytes;
}

type Names = { issuer: string; billTo: string; hasNumbers: boolean };

const CHARACTER_NOTE =
  "U+ and a number in brackets are characters that this document has no glyph for, by their Unicode numbers.";

/** Who bills whom, in characters that the font has. */
function namesOf(doc: Paper, row: Row): Names {
  const { name, address, email } = row.billTo as BillTo;
  const issuer = printable(doc, row.issuer);
  const billTo = printable(doc, [name, address, email].filter(Boolean).join("\n"));
  return { issuer: issuer.text, billTo: billTo.text, hasNumbers: issuer.hasNumbers || billTo.hasNumbers };
}

/**
 * A text with each run of characters that the font lacks (Chinese, Japanese, Korean) as their Unicode numbers,
 * `[U+6771 U+4EAC]`: nothing is lost, guessed or drawn as an empty box.
 */
function printable(doc: Paper, given: string): { text: string; hasNumbers: boolean } {
  // pdfkit has the font open, and does not say so in its types.
  const { font } = (doc.font("regular") as unknown as { _font: { font: GlyphTable } })._font;
  const isMissing = (character: string) =>
    character !== "\n" && !font.hasGlyphForCodePoint(character.codePointAt(0) as number);
  let text = "";
  let hasNumbers = false;
  let missing: string[] = [];
  const end = () => {
    if (missing.length > 0) text += `[${missing.join(" ")}]`;
    hasNumbers ||= missing.length > 0;
    missing = [];
  };
  for (const character of given.normalize("NFC")) {
    if (isMissing(character)) {
      missing.push(`U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`);
      continue;
    }
    end();
    text += character;
  }
  end();
  return { text, hasNumbers };
}

type GlyphTable = { hasGlyphForCodePoint(codePoint: number): boolean };

function writeHead(doc: Paper, root: Element, row: Row, number: string, names: Names): void {
  const half = WIDTH / 2 - 10;
  block(doc, root, "H1", `Invoice ${number}`, { x: MARGIN, y: MARGIN, width: WIDTH, size: 18, weight: "bold" });
  const top = doc.y + 14;
  const party = (label: string, text: string, x: number) => {
    block(doc, root, "P", label, { x, y: top, width: half, size: 8, color: "#555555" });
    block(doc, root, "P", text, { x, y: doc.y + 1, width: half, size: 9 });
    return doc.y;
  };
  const left = party("From", names.issuer, MARGIN);
  party("To", names.billTo, MARGIN + half + 20);
  const last = new Date(row.periodEnd.getTime() - 1);
  const dates = [
    `Issued: ${dayIn(row.issuedAt, row.timeZone)}`,
    `Due: ${dayIn(row.dueAt, row.timeZone)}`,
    `Period: ${dayIn(row.periodStart, row.timeZone)} to ${dayIn(last, row.timeZone)} (${canonicalZone(row.timeZone)})`,
  ];
  block(doc, root, "P", dates.join("\n"), { x: MARGIN, y: Math.max(left, doc.y) + 14, width: WIDTH, size: 9 });
  doc.y += 14;
}

function writeLines(doc: Paper, root: Element, currency: string, lines: InvoiceLine[]): void {
  const table = doc.struct("Table");
  root.add(table);
  const titles = COLUMNS.map(({ title }) => (title === "Amount" ? `Amount, ${currency}` : title));
  writeRow(doc, table, "TH", titles);
  for (const line of lines) {
    const isUsage = line.kind === "usage" || line.kind === "correction";
    const cells = [
      line.description,
      isUsage ? formatUnits(line.quantity) : "",
      line.kind !== "usage" ? "" : line.included === null ? "all" : formatUnits(line.included),
      isUsage ? formatUnits(line.billable) : "",
      isUsage ? formatMicros(line.unitMicros, null) : "",
      formatMicros(line.amountMicros, null),
    ];
    if (doc.y + heightOf(doc, cells, "regular") > BOTTOM) {
      doc.addPage();
      // Repeated for the eye; the table has its head already.
      artifact(doc, () => drawRow(doc, titles, "bold"));
    }
    writeRow(doc, table, "TD", cells);
  }
  table.end();
}

function writeTotal(doc: Paper, root: Element, row: Row, paid: { status: string; at: Date | null }): void {
  const cents = formatMicros(row.totalCents * 10_000n, row.currency);
  const texts = [
    { text: `Sum of the lines: ${formatMicros(row.totalMicros, row.currency)}`, weight: "regular" as const },
    { text: `Total, a started cent counts: ${cents}`, weight: "bold" as const },
    { text: statusText(paid, row.timeZone), weight: "regular" as const },
  ];
  if (doc.y + texts.length * 16 + 12 > BOTTOM) doc.addPage();
  doc.y += 12;
  for (const { text, weight } of texts) {
    block(doc, root, "P", text, { x: MARGIN, y: doc.y, width: WIDTH, size: 10, weight, align: "right" });
    doc.y += 3;
  }
}

const STATUS_WORDS: Record<string, string> = {
  paid: "Paid",
  void: "Void, nothing is owed",
  uncollectible: "Not paid, no longer collected",
};

function writeNote(doc: Paper, root: Element, text: string): void {
  if (doc.y + 40 > BOTTOM) doc.addPage();
  block(doc, root, "P", text, { x: MARGIN, y: doc.y + 16, width: WIDTH, size: 8, color: "#555555" });
}

function statusText({ status, at }: { status: string; at: Date | null }, timeZone: string): string {
  const words = STATUS_WORDS[status];
  if (words === undefined) return "To be paid";
  return at === null ? words : `${words}: ${dayIn(at, timeZone)}`;
}

type Place = {
  x: number;
  y: number;
  width: number;
  size: number;
  weight?: "regular" | "bold";
  align?: "left" | "right";
  color?: string;
};

function block(doc: Paper, root: Element, tag: string, text: string, place: Place): void {
  const { x, y, width, size, weight = "regular", align = "left", color = "black" } = place;
  root.add(
    doc.struct(tag, {}, () => {
      doc.font(weight).fontSize(size).fillColor(color).text(text, x, y, { width, align, lineGap: 2 });
    }),
  );
}

function writeRow(doc: Paper, table: Element, tag: "TH" | "TD", cells: string[]): void {
  const weight = tag === "TH" ? "bold" : "regular";
  const height = heightOf(doc, cells, weight);
  const { y } = doc;
  const row = doc.struct("TR");
  table.add(row);
  cells.forEach((_, index) => {
    row.add(doc.struct(tag, {}, () => drawCell(doc, cells, index, y, weight)));
  });
  row.end();
  artifact(doc, () => drawRule(doc, y + height, weight));
  doc.y = y + height;
}

function drawRow(doc: Paper, cells: string[], weight: "regular" | "bold"): void {
  const { y } = doc;
  const height = heightOf(doc, cells, weight);
  cells.forEach((_, index) => {
    drawCell(doc, cells, index, y, weight);
  });
  drawRule(doc, y + height, weight);
  doc.y = y + height;
}

function drawCell(doc: Paper, cells: string[], index: number, y: number, weight: "regular" | "bold"): void {
  const x = MARGIN + COLUMNS.slice(0, index).reduce((sum, column) => sum + column.width, 0);
  const { align } = COLUMNS[index] as (typeof COLUMNS)[number];
  doc
    .font(weight)
    .fontSize(8)
    .fillColor("black")
    .text(cells[index] ?? "", x, y + PADDING, { width: textWidth(index), align });
}

/** Columns stand apart; the last one ends where the table does. */
function textWidth(index: number): number {
  return (COLUMNS[index]?.width ?? 0) - (index === COLUMNS.length - 1 ? 0 : 6);
}

function drawRule(doc: Paper, y: number, weight: "regular" | "bold"): void {
  doc
    .lineWidth(weight === "bold" ? 0.8 : 0.3)
    .strokeColor("#555555")
    .moveTo(MARGIN, y)
    .lineTo(MARGIN + WIDTH, y)
    .stroke();
}

function heightOf(doc: Paper, cells: string[], weight: "regular" | "bold"): number {
  doc.font(weight).fontSize(8);
  const heights = cells.map((text, index) => doc.heightOfString(text === "" ? " " : text, { width: textWidth(index) }));
  return Math.max(...heights) + 2 * PADDING;
}

function numberPages(doc: Paper, number: string): void {
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    artifact(doc, () => {
      doc
        .font("regular")
        .fontSize(8)
        .fillColor("#555555")
        .text(`Invoice ${number}, page ${page + 1} of ${count}`, MARGIN, BOTTOM + 24, { width: WIDTH, align: "right" });
    });
  }
}

/** What is drawn for the eye only. */
function artifact(doc: Paper, draw: () => void): void {
  doc.markContent("Artifact", { type: "Layout" });
  draw();
  doc.endMarkedContent();
}

/** Embedded, so that names print: Latin, Greek, Cyrillic, Arabic, Hebrew and more, but see `printable`. */
function font(file: string): string {
  const fonts = "dejavu-fonts-ttf/package.json";
  // Not from import.meta.url: what Next bundles would resolve to a number of its own at the build.
  return join(dirname(createRequire(join(process.cwd(), "package.json")).resolve(fonts)), "ttf", file);
}
