import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCustomHeaders } from "#server/domain/email/custom-headers.ts";
import { composeMail } from "./compose.ts";
import { headerLines, outgoing } from "./test-support.ts";

const names = (raw: Buffer) => headerLines(raw).map((line) => line.split(":", 1)[0]?.toLowerCase() ?? "");

describe("checkCustomHeaders", () => {
  it("takes what mail programs and lists use", () => {
    const headers = {
      "X-Campaign": "spring",
      "List-Unsubscribe": "<https://agents.example/unsubscribe?id=1>, <mailto:stop@agents.example>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Reply-To": "Support <support@agents.example>",
      Precedence: "bulk",
      "X-Note": "Grüße\tmit Tabulator",
    };
    expect(checkCustomHeaders(headers)).toBeNull();
  });

  it.each([
    "From",
    "Sender",
    "To",
    "Cc",
    "BCC",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "DKIM-Signature",
    "ARC-Seal",
    "Received",
    "Return-Path",
    "Authentication-Results",
    "Auto-Submitted",
    "Resent-To",
    "X-Anima-Correlation-Id",
    "x-aNiMa-anything",
  ])("refuses %s", (header) => {
    expect(checkCustomHeaders({ [header]: "value" })).toEqual({
      header,
      reason: "is set by the server and cannot be overridden",
    });
  });

  it.each([
    ["a line break", "X-A", "one\r\nBcc: eve@evil.example"],
    ["a bare line feed", "X-A", "one\nBcc: eve@evil.example"],
    ["a bare carriage return", "X-A", "one\rtwo"],
    ["a folded line", "X-A", "one\r\n two"],
    ["a NUL", "X-A", "one\0two"],
    ["a Unicode line separator", "X-A", "one\u2028two"],
    ["half a surrogate pair", "X-A", "\ud83d"],
    ["an empty value", "X-A", ""],
    ["a value of blanks", "X-A", " \t "],
    ["an empty name", "", "value"],
    ["a name with a colon", "X-A: Bcc", "value"],
    ["a name with a space", "X A", "value"],
    ["a name with a line break", "X-A\r\nBcc", "value"],
    ["a name outside ASCII", "X-Grüße", "value"],
    ["a line of 999 octets", "X-A", "v".repeat(999 - "X-A: ".length)],
    ["an invalid Reply-To", "Reply-To", "support"],
    ["two addresses in Reply-To", "Reply-To", "a@agents.example, b@agents.example"],
  ])("refuses %s", (_what, header, value) => {
    expect(checkCustomHeaders({ [header]: value })).not.toBeNull();
  });

  it("never repeats a control character of a refused name", () => {
    expect(checkCustomHeaders({ "X\r\nEvil": "value" })?.header).toBe("X??Evil");
  });

  it("takes a line of 998 octets, 50 headers and 32 KiB, and not one more", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, "value"]));
    expect(checkCustomHeaders({ "X-A": "v".repeat(998 - "X-A: ".length) })).toBeNull();
    expect(checkCustomHeaders(many(50))).toBeNull();
    expect(checkCustomHeaders(many(51))).toEqual({ header: "X-50", reason: "is one too many: at most 50 headers" });
    const large = Object.fromEntries(Array.from({ length: 34 }, (_, i) => [`X-${i}`, "v".repeat(985)]));
    expect(checkCustomHeaders(large)?.reason).toContain("32768 octets");
  });

  it("refuses one header under two spellings", () => {
    expect(checkCustomHeaders({ "X-A": "1", "x-a": "2" })).toEqual({ header: "x-a", reason: "is given twice" });
  });

  it("lets through nothing that adds a header of its own or a line that is too long", async () => {
    const piece = fc.constantFrom(
      "\r\n",
      "\n",
      "\r",
      "Bcc: eve@evil.example",
      ": ",
      " ",
      "=?utf-8?Q?=0D=0AX:?=",
      "ü",
      "a",
      "\t",
      "\0",
      ",",
      ";",
      '"',
    );
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(piece, { maxLength: 30 }).map((all) => all.join("")),
    );
    const name = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom("X-A", "__proto__", "constructor", "Reply-To", "List-Id", "X_B"),
    );
    const before = names(await composeMail(outgoing(), []));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 4 }), async (headers) => {
        if (checkCustomHeaders(headers) !== null) return;
        const raw = await composeMail(outgoing({ headers }), []);
        const asked = Object.keys(headers).map((header) => header.toLowerCase());
        expect(names(raw).toSorted()).toEqual([...before, ...asked].toSorted());
        for (const line of raw.toString("latin1").split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
        expect(raw.toString("latin1").replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: 500 },
    );
  });
});
