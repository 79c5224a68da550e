import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstValue, headerBytes, headerRecord, readHeaderBlock } from "./header-block.ts";

const limits = { maxHeaderBytes: 10_000, maxHeaderFields: 50, maxFieldBytes: 5_000 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-header-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(mail: string | Buffer) {
  const path = join(folder, "mail.eml");
  await writeFile(path, mail);
  return readHeaderBlock(path, limits);
}

describe("the header of a mail", () => {
  it("is read up to the blank line, folded lines joined, names in lower case", async () => {
    const header = await read("Subject: one\r\n two\r\nX-Tag: a\r\nx-tag: b\r\n\r\nBody: no");
    expect(headerRecord(header)).toEqual({ subject: "one two", "x-tag": "a, b" });
    expect(header.bodyOffset).toBe("Subject: one\r\n two\r\nX-Tag: a\r\nx-tag: b\r\n\r\n".length);
    expect(header.truncated).toBe(false);
  });

  it("may end with bare line feeds or with the mail", async () => {
    expect(headerRecord(await read("A: 1\nB: 2\n\nbody"))).toEqual({ a: "1", b: "2" });
    expect(headerRecord(await read("A: 1\r\nB: 2"))).toEqual({ a: "1", b: "2" });
    expect(headerRecord(await read(""))).toEqual({});
  });

  it("leaves out lines that are no field, and control characters", async () => {
    const header = await read(
      "From ann Mon\r\nnonsense\r\n folded nonsense\r\n: no name\r\nA: x\u0000\u0007\u001b[1my\r\n\r\n",
    );
    expect(headerRecord(header)).toEqual({ a: "x [1my" });
  });

  it("cannot reach a prototype", async () => {
    const record = headerRecord(await read("__proto__: polluted\r\nconstructor: x\r\n\r\n"));
    expect(Object.keys(record)).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("keeps what threading and reading need behind a flood of other fields", async () => {
    const flood = "X-Flood: abcdefgh\r\n".repeat(60_000);
    const header = await read(`${flood}Message-ID: <1@t>\r\nContent-Type: text/html\r\n\r\nbody`);
    expect(header.truncated).toBe(true);
    expect(firstValue(header, "message-id")).toBe("<1@t>");
    expect(firstValue(header, "content-type")).toBe("text/html");
    expect(header.fields).toHaveLength(52);
    expect(header.bodyOffset).toBeGreaterThan(flood.length);
  });

  it("leaves out a field that is too long, in one line or folded", async () => {
    for (const long of ["x".repeat(300_000), "x\r\n ".repeat(100_000)]) {
      const header = await read(`X-Long: ${long}\r\nSubject: ok\r\n\r\nbody`);
      expect(headerRecord(header)).toEqual({ subject: "ok" });
      expect(header.truncated).toBe(true);
    }
  });

  it("gives up a header larger than 4 MiB: the mail then has no body", async () => {
    const mail = Buffer.from(`Subject: ok\r\n${"X: y\r\n".repeat(900_000)}`);
    const header = await read(mail);
    expect(header.bodyOffset).toBe(mail.length);
    expect(firstValue(header, "subject")).toBe("ok");
    expect(header.truncated).toBe(true);
  });

  it("loses no byte of fields within the limits", async () => {
    const field = fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,20}$/), fc.stringMatching(/^[ -~]{0,60}$/));
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 20 }), async (fields) => {
        const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
        const header = await read(`${lines}\r\nbody`);
        expect(headerBytes(header.fields).toString()).toBe(`${lines}\r\n`);
      }),
      { numRuns: 50 },
    );
  });
});
