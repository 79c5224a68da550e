import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { ensurePartitions } from "./tasks.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

it("the server starts and logs on in a month of which a wrong clock has already written", async () => {
  const { pool } = app.runtime.db;
  const now = app.clock.now();
  const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15));
  await pool.query("INSERT INTO event (org_id, id, ts, record) VALUES ('org', 'early', $1, '{}')", [nextMonth]);
  await ensurePartitions(app.runtime);
  await pool.query("INSERT INTO event (org_id, id, ts, record) VALUES ('org', 'in time', $1, '{}')", [nextMonth]);
  await pool.query("INSERT INTO event (org_id, id, ts, record) VALUES ('org', 'now', $1, '{}')", [now]);
  const { rows } = await pool.query("SELECT id, tableoid::regclass::text AS stands_in FROM event ORDER BY id");
  expect(rows).toEqual([
    { id: "early", stands_in: "event_default" },
    { id: "in time", stands_in: "event_default" },
    { id: "now", stands_in: expect.stringMatching(/^event_\d{6}$/) },
  ]);
});
