import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractHtml, extractReply } from "./extract-reply.ts";

describe("the new part of a reply's text", () => {
  const extract = (text: string) => extractReply({ text, html: null })?.text;

  it("is without the quoted mail and the signature", () => {
    expect(
      extract("Fine with me.\n\n-- \nAnn\nCEO\n\nOn Mon, Nov 24, 2025 at 1:00 PM Bot <b@a.test> wrote:\n> Ok?\n"),
    ).toBe("Fine with me.");
    expect(extract("Ja.\n\nAm 24.11.2025 um 13:00 schrieb Bot <b@a.test>:\n\n> Gut?\n")).toBe("Ja.");
    expect(extract("Answers below.\n\n> one?\nyes\n> two?\nno\n")).toBe("Answers below.\nyes\nno");
  });

  it("is all of it where the rules would leave nothing, as for a bare forward", () => {
    const forward = "From: Bob <bob@b.test>\nSubject: x\n\nPlease see.";
    expect(extract(forward)).toBe(forward);
  });

  it("is not looked for in a very large text", () => {
    expect(extract("word ".repeat(100_000))).toBeUndefined();
  });
});

describe("the new part of a reply's HTML", () => {
  it.each([
    [
      "Gmail",
      '<div>Yes</div><br><div class="gmail_quote gmail_quote_container"><div>On x</div><div>q</div></div>',
      "<div>Yes</div><br>",
    ],
    [
      "Apple Mail",
      '<body>Yes<br><blockquote type="cite"><blockquote>a</blockquote>b</blockquote>End</body>',
      "<body>Yes<br>End</body>",
    ],
    [
      "Thunderbird",
      '<p>Yes</p><div class="moz-cite-prefix">On x:</div><blockquote type=cite>q</blockquote>',
      "<p>Yes</p>",
    ],
    [
      "Outlook",
      '<html><body><p>Yes</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From</div>q</body></html>',
      "<html><body><p>Yes</p></body></html>",
    ],
    ["Yahoo", '<div>Yes</div><div id="y" class="yahoo_quoted"><div>q</div></div>', "<div>Yes</div>"],
    [
      "a Gmail signature",
      'Yes<span class="gmail_signature_prefix">-- </span><div class="gmail_signature">Ann</div>!',
      "Yes!",
    ],
    ["no quote", "<p>Yes</p><blockquote>my own quote</blockquote>", "<p>Yes</p><blockquote>my own quote</blockquote>"],
    ["a quote that never ends", '<body>Yes<div class="gmail_quote"><div>q</body>', "<body>Yes</body>"],
    ["broken tags", "<<p>a < b<div", "<<p>a < b<div"],
  ])("%s", (_, html, expected) => {
    expect(extractHtml(html)).toBe(expected);
  });

  it("takes linear time on hostile markup", () => {
    const hostile = [
      '<div class="gmail_quote">',
      "<",
      '<a class="',
      "</div>",
      '<blockquote type="cite"',
      " class= ".repeat(10),
    ];
    for (const piece of hostile) {
      const started = performance.now();
      extractHtml(piece.repeat(Math.floor(500_000 / piece.length)));
      expect(performance.now() - started).toBeLessThan(2_000);
    }
    expect(extractHtml("<p>".repeat(200_000))).toBeNull();
  });

  it("never adds anything", () => {
    const pieces = fc.constantFrom(
      "<div>",
      "</div>",
      '<div class="gmail_quote">',
      "<blockquote type=cite>",
      "</blockquote>",
      "x",
      "<",
      "</body>",
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const html = parts.join("");
        expect(extractHtml(html)?.length).toBeLessThanOrEqual(html.length);
      }),
    );
  });
});
