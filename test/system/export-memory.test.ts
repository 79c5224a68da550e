import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsFile } from "#server/trpc/exports.ts";
import { consoleOf } from "#server/trpc/test-support.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { fillLog } from "../support/fill-log.ts";
import { liveMemory } from "../support/memory.ts";

const EVENTS = 110_000;
const MIB = 1024 * 1024;

let app: TestApp;
let cookie: string;
beforeAll(async () => {
  app = await startTestApp();
  const { orgId, masterKey } = await app.organisation();
  cookie = await consoleOf(app).signIn(masterKey);
  await fillLog(app.runtime.db.pool, orgId, EVENTS, new Date());
});
afterAll(() => app.close());

test("an export of any size needs the memory of one batch, in either format", async () => {
  for (const format of ["jsonl", "csv"]) {
    const response = await eventsFile(
      app.runtime,
      new Request("http://console.test/api/export/events", {
        method: "POST",
        headers: { cookie, origin: "http://console.test", host: "console.test" },
        body: JSON.stringify({ format, channel: "email" }),
      }),
    );
    let pieces = 0;
    let bytes = 0;
    let tail = "";
    const used: number[] = [];
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      bytes += piece.length;
      tail = Buffer.from(piece).subarray(-200).toString();
      if (++pieces % 10 !== 0) continue;
      used.push(liveMemory());
    }
    expect(tail).toMatch(/complete/);
    expect(pieces).toBeGreaterThan(90);
    expect(bytes).toBeGreaterThan(15 * MIB);
    // Between two collections the driver holds what it has just read; what stays must not grow.
    const half = used.length / 2;
    const [early, late] = [Math.min(...used.slice(0, half)), Math.min(...used.slice(half))];
    expect(late - early).toBeLessThan(5 * MIB);
  }
});
