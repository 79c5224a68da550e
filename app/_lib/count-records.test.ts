import { expect, test } from "vitest";
import { RecordCounter } from "./count-records.ts";

/** What is counted, however the file is cut into pieces. */
function count(format: "csv" | "jsonl", text: string, size: number) {
  const counter = new RecordCounter(format);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) counter.push(bytes.subarray(at, at + size));
  return [counter.records, counter.number];
}

test("records are counted, and the number that the last one begins with is told", () => {
  const csv = '\ufeffseq,detail\r\n41,"two ""lines"",\r\n99 of them"\r\n40,one\r\n39,"be';
  const lines = '{"seq":41,"detail":"two \\"lines\\"\\n99"}\n{"seq":40,"detail":"one"}\n{"seq":39,"det';
  for (const size of [1, 3, 1_000]) {
    expect(count("csv", csv, size)).toEqual([3, 39]);
    expect(count("jsonl", lines, size)).toEqual([2, 39]);
  }
});
