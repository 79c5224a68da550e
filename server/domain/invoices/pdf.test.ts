import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { expect, it } from "vitest";
import { renderInvoice } from "./pdf.ts";

const invoice = {
  orgId: "org",
  id: "invoice",
  number: 17,
  month: new Date("2027-01-01"),
  periodStart: new Date("2026-12-31T23:00:00Z"),
  periodEnd: new Date("2027-01-31T23:00:00Z"),
  issuedAt: new Date("2027-02-01T00:05:00Z"),
  dueAt: new Date("2027-02-15T00:05:00Z"),
  timeZone: "Europe/Berlin",
  currency: "EUR",
  totalMicros: 29_000_900n,
  totalCents: 2_901n,
  issuer: "Πάροχος Α.Ε.\nΑθήνα",
  billTo: { name: "Łódź Żółć Ñandú Ельцин Ştefan", address: "Hauptstraße 1\n10115 Berlin", email: "a@example.com" },
};
const shared = { orgId: "org", invoiceId: "invoice", month: null };
const plan = {
  ...shared,
  position: 0,
  kind: "plan",
  meter: null,
  description: "Plan Starter",
  quantity: 1n,
  included: null,
  billable: 1n,
  unitMicros: 29_000_000n,
  amountMicros: 29_000_000n,
};
const usage = (position: number) => ({
  ...shared,
  position,
  kind: "usage",
  meter: "email_sent",
  description: `Mails sent (${position})`,
  quantity: 25_003n,
  included: 25_000n,
  billable: 3n,
  unitMicros: 300n,
  amountMicros: 900n,
});

async function read(content: Buffer) {
  const pdf = await getDocument({ data: new Uint8Array(content), verbosity: 0 }).promise;
  const pages = [];
  for (let n = 1; n <= pdf.numPages; n++) {
    const page = await pdf.getPage(n);
    const { items } = await page.getTextContent();
    const words = items.filter((item) => "str" in item);
    pages.push({
      text: words
        .map((item) => item.str)
        .join(" ")
        .replaceAll(/\s+/g, " "),
      size: page.view.slice(2).map(Math.round),
      lowest: Math.min(...words.map((item) => item.transform[5] as number)),
      widest: Math.max(...words.map((item) => (item.transform[4] as number) + item.width)),
      structure: await page.getStructTree(),
    });
  }
  return { pages, metadata: await pdf.getMetadata(), marks: await pdf.getMarkInfo() };
}

it("has everything of the invoice on A4, in any alphabet, with structure, language and title", async () => {
  const content = await renderInvoice(invoice, [plan, usage(1)], { status: "open", at: null });
  const { pages, metadata, marks } = await read(content);
  expect(pages).toHaveLength(1);
  const [page] = pages;
  expect(page?.size).toEqual([595, 842]);
  for (const text of [
    "Invoice INV-000017",
    "Πάροχος Α.Ε.",
    "Łódź Żółć Ñandú Ельцин Ştefan",
    "Hauptstraße 1",
    "1 January 2027 to 31 January 2027 (Europe/Berlin)",
    "Due: 15 February 2027",
    "Plan Starter",
    "25,003",
    "25,000",
    "0.0003",
    "0.0009",
    "Amount, EUR",
    "Sum of the lines: 29.0009 EUR",
    "Total, a started cent counts: 29.01 EUR",
    "To be paid",
    "page 1 of 1",
  ]) {
    expect(page?.text).toContain(text);
  }
  expect(metadata.info).toMatchObject({ Title: "Invoice INV-000017", Author: "Πάροχος Α.Ε.", Language: "en" });
  expect(marks).toMatchObject({ Marked: true });
  expect(JSON.stringify(page?.structure)).toMatch(/"role":"H1".*"role":"Table".*"role":"TR".*"role":"TH".*"role":"TD"/);
  // The same bytes at every reading.
  expect((await renderInvoice(invoice, [plan, usage(1)], { status: "open", at: null })).equals(content)).toBe(true);
});

it("names what the font has no glyph for by its Unicode numbers, and says so; nothing else is changed", async () => {
  const billTo = { name: "東京 Ltd 🤖", address: "Łódź\nשלום", email: null };
  const { pages } = await read(
    await renderInvoice({ ...invoice, billTo }, [plan], { status: "void", at: invoice.dueAt }),
  );
  expect(pages[0]?.text).toContain("[U+6771 U+4EAC] Ltd [U+1F916]");
  expect(pages[0]?.text).toContain("Łódź");
  expect(pages[0]?.text).toContain("by their Unicode numbers");
  expect(pages[0]?.text).toContain("Void, nothing is owed: 15 February 2027");
  const { pages: without } = await read(await renderInvoice(invoice, [plan], { status: "open", at: null }));
  expect(without[0]?.text).not.toContain("U+");
});

it("goes on over pages with the table's head, in its margins, whatever is long", async () => {
  const lines = [plan, ...Array.from({ length: 70 }, (_, index) => usage(index + 1))];
  const long = { ...usage(99), description: "a description that goes on ".repeat(20), amountMicros: -(10n ** 14n) };
  const { pages } = await read(await renderInvoice(invoice, [...lines, long], { status: "paid", at: invoice.dueAt }));
  expect(pages.length).toBeGreaterThan(1);
  pages.forEach(({ text, lowest, widest }, index) => {
    expect(text).toContain("Unit price");
    expect(text).toContain(`page ${index + 1} of ${pages.length}`);
    expect(lowest).toBeGreaterThan(36);
    expect(widest).toBeLessThanOrEqual(595 - 50);
  });
  const text = pages.map((page) => page.text).join(" ");
  for (const { description } of lines) expect(text).toContain(description);
  expect(text).toContain("-100,000,000.00");
  expect(text).toContain("Paid: 15 February 2027");
});
