import { describe, expect, it } from "vitest";
import { detectAutomatic } from "./automatic.ts";
import type { HeaderBlock } from "./header-block.ts";

function header(...lines: string[]): HeaderBlock {
  const fields = lines.map((line) => ({
    name: line.slice(0, line.indexOf(":")).toLowerCase(),
    raw: Buffer.from(`${line}\r\n`),
  }));
  const receivedCount = fields.filter((field) => field.name === "received").length;
  return { fields, receivedCount, bodyOffset: 0, truncated: false };
}

describe("automatic mail", () => {
  it.each([
    [["Subject: hello"], "no"],
    [["Auto-Submitted: no"], "no"],
    [["Auto-Submitted: auto-generated"], "auto-generated"],
    [["Auto-Submitted: Auto-Replied (vacation)"], "auto-reply"],
    [["Auto-Submitted: auto-notified; owner-email=x"], "auto-generated"],
    [["Auto-Submitted: something-new"], "auto-generated"],
    [["X-Autoreply: yes"], "auto-reply"],
    [["Precedence: auto_reply"], "auto-reply"],
    [["Precedence: bulk"], "bulk"],
    [["Precedence: junk"], "bulk"],
    [["Precedence: list"], "bulk"],
    [["List-Id: <announce.example>"], "bulk"],
    [["List-Unsubscribe: <mailto:x@y>"], "bulk"],
    [["X-Auto-Response-Suppress: All"], "auto-generated"],
    [["X-Auto-Response-Suppress: None"], "no"],
    [["X-Anima-Loop: 1"], "no"],
    [["X-Anima-Loop: 5"], "loop"],
    [["X-Anima-Loop: 99999999999"], "no"],
    [Array(50).fill("Received: by a"), "no"],
    [Array(51).fill("Received: by a"), "loop"],
  ])("%j is %s", (lines, kind) => {
    expect(detectAutomatic(header(...lines), "ann@sender.test")).toBe(kind);
  });

  it("an empty return path is a bounce, unless the mail says it is an automatic answer", () => {
    expect(detectAutomatic(header("Subject: failed"), "")).toBe("bounce");
    expect(detectAutomatic(header("Auto-Submitted: auto-replied"), "")).toBe("auto-reply");
    const report = 'Content-Type: multipart/report; report-type="delivery-status"; boundary=b';
    expect(detectAutomatic(header("Auto-Submitted: auto-replied", report), "")).toBe("bounce");
  });
});
