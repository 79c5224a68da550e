import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";
import { composeMail } from "./compose.ts";
import { headerLines, outgoing } from "./test-support.ts";

describe("composeMail", () => {
  it("writes the headers of the mail and no others", async () => {
    const raw = await composeMail(
      outgoing({
        to: ["Ada <ada@people.example>", "bob@people.example"],
        cc: ["carol@people.example"],
        bcc: ["secret@people.example"],
        headers: { "X-Campaign": "spring", "Reply-To": '"Desk, Front" <desk@agents.example>' },
        inReplyTo: "question@people.example",
        references: ["<first@people.example>", "question@people.example"],
        automatic: true,
      }),
      [],
    );
    expect(headerLines(raw)).toEqual([
      "Content-Transfer-Encoding: quoted-printable",
      "X-Campaign: spring",
      "In-Reply-To: <question@people.example>",
      "References: <first@people.example> <question@people.example>",
      "Auto-Submitted: auto-generated",
      "From: Scout <scout@agents.example>",
      "To: Ada <ada@people.example>, bob@people.example",
      "Cc: carol@people.example",
      'Reply-To: "Desk, Front" <desk@agents.example>',
      "Subject: Your report",
      "Message-ID: <01JCZ8M3V0N7Q2@agents.example>",
      "Date: Sun, 01 Mar 2026 12:00:00 +0000",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
    ]);
    expect(raw.toString()).not.toContain("secret@people.example");
  });

  it("gives the same bytes for the same mail and other boundaries for another", async () => {
    const mail = outgoing({
      html: "<p>Hello</p><img src='cid:logo'>",
      attachments: [
        { filename: "logo.png", mimeType: "image/png", contentId: "logo", content: Buffer.from("png") },
        { filename: "report.csv", mimeType: "text/csv", contentId: null, content: Buffer.from("a,b\n1,2\n") },
      ],
    });
    const first = await composeMail(mail, []);
    expect((await composeMail(mail, [])).equals(first)).toBe(true);
    const boundary = /boundary="([^"]+)"/.exec(first.toString())?.[1] ?? "none";
    const other = await composeMail({ ...mail, messageId: "01OTHER@agents.example" }, []);
    expect(other.toString()).not.toContain(boundary);
  });

  it("carries attachments octet by octet, whatever their line ends", async () => {
    const text = Buffer.from("a,b\n1,2\r3,4\r\n");
    const binary = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 256));
    const raw = await composeMail(
      outgoing({
        attachments: [
          { filename: "Übersicht.csv", mimeType: "text/csv", contentId: null, content: text },
          { filename: "data.bin", mimeType: "application/octet-stream", contentId: null, content: binary },
        ],
      }),
      [],
    );
    const { attachments } = await simpleParser(raw);
    expect(attachments.map((part) => [part.filename, part.contentType])).toEqual([
      ["Übersicht.csv", "text/csv"],
      ["data.bin", "application/octet-stream"],
    ]);
    expect(attachments.map((part) => part.content)).toEqual([text, binary]);
  });

  it("shows an image inside the HTML by its content id", async () => {
    const raw = await composeMail(
      outgoing({
        html: "<img src='cid:logo'>",
        attachments: [{ filename: "logo.png", mimeType: "image/png", contentId: "logo", content: Buffer.from("png") }],
      }),
      [],
    );
    const { attachments } = await simpleParser(raw);
    expect(attachments[0]).toMatchObject({ cid: "logo", related: true, contentDisposition: "inline" });
  });

  it.each([
    ["a type that injects a header", "text/plain\r\nX-Evil: 1"],
    ["a type with parameters", 'text/html; name="x"'],
    ["a multipart type", "multipart/mixed"],
    ["a message type", "message/rfc822"],
    ["no type", ""],
  ])("sends an attachment of %s as a plain file", async (_what, mimeType) => {
    const attachment = {
      filename: "..\\..\\evil\r\nX-Evil: 1/x",
      mimeType,
      contentId: null,
      content: Buffer.from("x"),
    };
    const raw = await composeMail(outgoing({ attachments: [attachment] }), []);
    const { attachments, headers } = await simpleParser(raw);
    expect(attachments[0]).toMatchObject({ contentType: "application/octet-stream", content: Buffer.from("x") });
    expect(attachments[0]?.filename).not.toMatch(/[\r\n/\\]/);
    expect(headers.has("x-evil")).toBe(false);
  });

  it("puts only correlation ids of our own making on the mail", async () => {
    const ours = await composeMail(outgoing({ correlationId: "corr_01JCZ8M3V0" }), []);
    const callers = await composeMail(outgoing({ correlationId: "refund-for-mr-smith" }), []);
    expect((await simpleParser(ours)).headers.get("x-anima-correlation-id")).toBe("corr_01JCZ8M3V0");
    expect(callers.toString()).not.toContain("smith");
  });

  it("leaves out broken Message-IDs and keeps the first and the newest of a long thread", async () => {
    const references = [
      "first@x.example",
      ...Array.from({ length: 40 }, (_, i) => `n${i}@x.example`),
      "evil>\r\nBcc: <x@y",
    ];
    const { references: kept } = await simpleParser(await composeMail(outgoing({ references, inReplyTo: "\0" }), []));
    expect(kept).toHaveLength(20);
    expect(kept?.[0]).toBe("<first@x.example>");
    expect(kept?.at(-1)).toBe("<n39@x.example>");
  });

  it("refuses an address that is a list", async () => {
    await expect(composeMail(outgoing({ to: ["a@x.example, b@x.example"] }), [])).rejects.toThrow(
      "Not one valid e-mail address",
    );
  });

  it("never reads a file or a URL that the text names", async () => {
    const raw = await composeMail(
      outgoing({ text: "file:///etc/passwd", html: "<img src='https://evil.example/x'>" }),
      [],
    );
    expect((await simpleParser(raw)).text).toContain("file:///etc/passwd");
  });

  it("carries any subject, name and text unchanged, in lines no host would break", async () => {
    const line = fc.string({
      unit: fc.oneof(
        fc.constantFrom(".", "=", " ", "-", "\t", "ü", "€", "🐙", "From "),
        fc.constantFrom(..."abcXYZ019"),
      ),
      maxLength: 200,
    });
    const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
    const words = fc
      .array(fc.stringMatching(/^[A-Za-zäöüß€🐙,.;:"()<>@=?_-]{1,15}$/u), { minLength: 1, maxLength: 12 })
      .map((all) => all.join(" "));
    await fc.assert(
      fc.asyncProperty(text, words, words, async (body, subject, name) => {
        const raw = await composeMail(
          outgoing({ text: body, subject, from: { address: "scout@agents.example", name } }),
          [],
        );
        const wire = raw.toString("latin1");
        expect(wire.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0\x80-\xff]/);
        for (const written of wire.split("\r\n")) expect(written.length).toBeLessThanOrEqual(998);
        const parsed = await simpleParser(raw);
        expect(parsed.subject).toBe(subject);
        expect(parsed.from?.value).toEqual([{ address: "scout@agents.example", name }]);
        expect((parsed.text ?? "").trimEnd()).toBe(body.trimEnd());
      }),
      { numRuns: 200 },
    );
  });
});
