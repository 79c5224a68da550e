import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawCall, Things } from "./support/things.ts";
import { startThings } from "./support/things.ts";

let things: Things;
let key: string;

beforeAll(async () => {
  things = await startThings();
  key = (await things.app.organisation()).masterKey;
});
afterAll(() => things.close());

const MiB = 1024 * 1024;
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

/** A body that arrives in pieces, without announcing its size. */
function pieces(total: number): ReadableStream {
  let left = total;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(Buffer.alloc(Math.min(left, MiB), " "));
      left -= MiB;
    },
  });
}

type Refusal = { status: number; code: string; details: object };
const field = (name: string) => ({ fields: [expect.objectContaining({ field: name })] });
const invalid = (name: string): Refusal => ({ status: 400, code: "VALIDATION_ERROR", details: field(name) });
const malformed: Refusal = { status: 400, code: "BAD_REQUEST", details: expect.objectContaining({ field: "body" }) };

describe("a body that is refused", () => {
  it.each<[string, RawCall, Refusal]>([
    ["is not JSON", { raw: '{"name": ' }, malformed],
    ["has an end too many", { raw: '{"name":"a"}}' }, malformed],
    ["is a string without end", { raw: '{"name":"a\\' }, malformed],
    ["is only white space", { raw: "  " }, malformed],
    ["is not UTF-8", { raw: bytes('{"name":"', [0xff, 0xfe], '"}') }, malformed],
    ["holds a surrogate in UTF-8", { raw: bytes('{"name":"', [0xed, 0xa0, 0x80], '"}') }, malformed],
    ["is an array", { raw: "[]" }, invalid("body")],
    ["is null", { raw: "null" }, invalid("body")],
    ["is text", { raw: '"name"' }, invalid("body")],
    ["has a wrong type", { raw: '{"name":1}' }, invalid("name")],
    ["has a wrong type inside", { raw: '{"tags":["a",2]}' }, invalid("tags.1")],
    ["has a member twice", { raw: '{"name":"a","name":"b"}' }, invalid("name")],
    ["has a member twice, once escaped", { raw: '{"name":"a","n\\u0061me":"b"}' }, invalid("name")],
    ["has a member twice deep inside", { raw: '{"note":[0,{"a":{"b":1,"c":"}","b":2}}]}' }, invalid("note.1.a.b")],
    ["has __proto__", { raw: '{"__proto__":{"name":"a"}}' }, invalid("__proto__")],
    ["has __proto__, escaped", { raw: '{"note":{"\\u005f_proto__":1}}' }, invalid("note.__proto__")],
    ["holds U+0000", { raw: '{"name":"a\\u0000b"}' }, invalid("name")],
    ["holds U+0000 in free data", { raw: '{"note":{"deep":["\\u0000"]}}' }, invalid("note.deep.0")],
    ["holds U+0000 in a name", { raw: '{"note":{"\\u0000":1}}' }, invalid("note")],
    ["holds half of a surrogate pair", { raw: '{"name":"\\ud83d"}' }, invalid("name")],
    ["holds a number beyond a double", { raw: '{"note":1e400}' }, invalid("note")],
    ["holds a number that would be rounded", { raw: '{"note":[9007199254740993]}' }, invalid("note.0")],
    ["is nested 10,000 levels", { raw: `{"note":${"[".repeat(1e4)}${"]".repeat(1e4)}}` }, invalid("body")],
    ["opens a million brackets", { raw: "[".repeat(1e6) }, invalid("body")],
    ["holds a million values", { raw: `{"note":[${"1,".repeat(1e6)}1]}` }, invalid("body")],
    [
      "is not JSON by its content type",
      { raw: "name=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
      { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", details: expect.objectContaining({ field: "content-type" }) },
    ],
    [
      "is compressed",
      { raw: gzipSync("{}"), headers: { "content-encoding": "gzip" } },
      { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", details: { field: "content-encoding", received: "gzip" } },
    ],
    [
      "says that it is 31 MiB",
      { raw: "{}", headers: { "content-length": String(31 * MiB) } },
      { status: 413, code: "PAYLOAD_TOO_LARGE", details: { field: "body", limitBytes: 30 * MiB } },
    ],
    [
      "is 31 MiB without saying so",
      { raw: pieces(31 * MiB) },
      { status: 413, code: "PAYLOAD_TOO_LARGE", details: { field: "body", limitBytes: 30 * MiB } },
    ],
    [
      "breaks off",
      { raw: new ReadableStream({ pull: (controller) => controller.error(new Error("connection lost")) }) },
      malformed,
    ],
  ])("%s", async (_what, options, { status, code, details }) => {
    const before = await things.written();
    // A ReadableStream can be sent once; the others are also sent with an Idempotency-Key.
    const keys = options.raw instanceof ReadableStream ? [undefined] : [undefined, "some key"];
    for (const idempotencyKey of keys) {
      const call = { ...options, key, ...(idempotencyKey ? { idempotencyKey } : {}) };
      const { body, ...answer } = await things.call("POST", "/v1/things", call);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(body).toMatchObject({ status, code, details, instance: "/v1/things" });
    }
    expect((await things.written()).things).toBe(before.things);
    await things.app.runtime.db.pool.query("DELETE FROM idempotency_record");
  });
});

describe("a body that is accepted", () => {
  it.each<[string, RawCall, object]>([
    [
      "is JSON of another name",
      { raw: '{"name":"a"}', headers: { "content-type": "application/vnd.a+json" } },
      { name: "a" },
    ],
    [
      "says its charset",
      { raw: '{"name":"ä"}', headers: { "content-type": "application/json; charset=utf-8" } },
      { name: "ä" },
    ],
    ["begins with a byte order mark", { raw: bytes([0xef, 0xbb, 0xbf], '{"name":"a"}') }, { name: "a" }],
    ["is not there at all", {}, { name: "thing" }],
    [
      "is not there, whatever its content type",
      { raw: "", headers: { "content-type": "text/plain" } },
      { name: "thing" },
    ],
    ["is nested 90 levels", { raw: `{"note":${"[".repeat(90)}${"]".repeat(90)}}` }, {}],
    ["has members that only look alike", { raw: '{"note":{"a":{"b":1},"b":"a\\"a","c":["a","a"]}}' }, {}],
    ["holds a whole surrogate pair", { raw: '{"name":"\\ud83d\\ude00"}' }, { name: "😀" }],
    ["has members that nobody knows", { raw: '{"name":"a","colour":"red","constructor":1}' }, { name: "a" }],
  ])("%s", async (_what, options, expected) => {
    const { status, body } = await things.call("POST", "/v1/things", { ...options, key });
    expect(status).toBe(201);
    expect(body).toMatchObject(expected);
  });

  it("has no content type, as some clients send it", async () => {
    const request = new Request("http://anima.test/v1/things", {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: Buffer.from('{"name":"a"}'),
    });
    expect(request.headers.has("content-type")).toBe(false);
    expect((await things.fetch(request)).status).toBe(201);
  });

  it("comes with a DELETE", async () => {
    const { status, body } = await things.call("DELETE", "/v1/things/7", { key, body: { name: "seven" } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: "7", name: "seven" });
  });

  it("cannot change the id of the path", async () => {
    const { body } = await things.call("PATCH", "/v1/things/7?id=8", { key, body: { id: "9", name: "a" } });
    expect(body).toMatchObject({ id: "7" });
  });
});
