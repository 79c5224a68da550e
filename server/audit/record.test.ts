import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commitment, type EventInput, parseRecord, prepareEvent } from "./record.ts";

const NOW = new Date("2026-03-01T12:00:00.123Z");

function prepare(more: Partial<EventInput> = {}) {
  const input: EventInput = {
    orgId: "org",
    channel: "email",
    event: "email.sent",
    result: "SUCCESS",
    actorType: "AGENT",
    actorId: "agent",
    correlationId: "corr_1",
    ...more,
  };
  return prepareEvent(input, NOW, "01EVENT");
}

/** The canonical text of a value, as it stands in a private part. */
function canonical(json: string): string | null {
  return prepare({ personal: JSON.parse(json) }).private;
}

describe("a record", () => {
  it("is one known text", () => {
    expect(prepare({ data: { b: 1, a: [true, null] } }).record).toBe(
      '{"actorId":"agent","actorType":"AGENT","agentId":null,"channel":"email","correlationId":"corr_1",' +
        '"data":{"a":[true,null],"b":1},"direction":null,"event":"email.sent","id":"01EVENT","orgId":"org","parentId":null,' +
        '"private":null,"requestId":null,"resourceId":null,"resourceType":null,"result":"SUCCESS",' +
        '"ts":"2026-03-01T12:00:00.123Z","v":1}',
    );
  });

  it("is canonical JSON: the examples of RFC 8785", () => {
    const values = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
      "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    expect(canonical(values)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const names = String.raw`{"\u20ac":"Euro","\r":"Return","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o"}`;
    const order = Object.values(JSON.parse(canonical(names) ?? ""));
    // JavaScript puts "1" first in an object, so the order is read from the text.
    expect([...(canonical(names) ?? "").matchAll(/:"(\w+)"/g)].map((match) => match[1])).toEqual([
      "Return",
      "One",
      "Control",
      "o",
      "Euro",
      "Emoji",
      "Dalet",
    ]);
    expect(order).toHaveLength(7);
  });

  it("holds text that was cut in the middle of a character, without the half", () => {
    const { record, private: text } = prepare({ data: { cut: "ab\ud83d" }, personal: { list: ["\ude00cd"] } });
    expect(parseRecord(record).data).toEqual({ cut: "ab\ufffd" });
    expect(text).toBe('{"list":["\ufffdcd"]}');
  });

  it("can be read back, and is the same text again, whatever it holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (data) => {
        const known = JSON.parse(JSON.stringify(data));
        const { record } = prepare({ data: known });
        const read = parseRecord(record);
        expect(read.data).toEqual(known);
        expect(prepare({ data: read.data }).record).toBe(record);
      }),
    );
  });

  it("cannot be made of what canonical JSON does not hold", () => {
    expect(() => prepare({ data: { count: Number.NaN } })).toThrow();
  });
});

describe("the private part", () => {
  it("stands beside the record, which only commits to it", () => {
    const {
      record,
      salt,
      private: data,
    } = prepare({ personal: { detail: "ann@example.com", to: ["ann@example.com"] } });
    expect(record).not.toContain("ann@");
    expect(data).toBe('{"detail":"ann@example.com","to":["ann@example.com"]}');
    expect(parseRecord(record).private).toBe(commitment(salt as Buffer, data as string));
    expect(commitment(salt as Buffer, `${data} `)).not.toBe(parseRecord(record).private);
  });

  it("is not there when there is nothing to hide", () => {
    expect(prepare({ personal: {} })).toMatchObject({ salt: null, private: null });
  });

  it("is salted, so that nobody can try addresses until one fits", () => {
    const [one, two] = [prepare({ personal: { detail: "a" } }), prepare({ personal: { detail: "a" } })];
    expect(one.record).not.toBe(two.record);
    expect(one.salt).toHaveLength(16);
  });
});
