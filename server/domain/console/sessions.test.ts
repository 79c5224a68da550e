import { afterAll, beforeAll, expect, test } from "vitest";
import { listEvents } from "#server/audit/list.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { openTransaction } from "../transaction.ts";
import { endSession, findSession, type Session, startSession } from "./sessions.ts";
import { sweepConsole } from "./sweep.ts";
import { visitor } from "./test-support.ts";
import { issueTicket } from "./tickets.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

let app: TestApp;
let orgId: string;
beforeAll(async () => {
  app = await startTestApp();
  ({ orgId } = await app.organisation());
});
afterAll(() => app.close());

const open = () =>
  openTransaction(app.runtime, (tx) =>
    startSession(app.runtime, tx, { orgId, memberId: null, method: "master_key", visitor, previous: null }),
  );
const find = (token: string, touch = true) => findSession(app.runtime, token, touch);

test("a session is found by its token, and only the token's hash is stored", async () => {
  const token = await open();
  expect(await find(token)).toMatchObject({ principal: { kind: "console", orgId, tier: "ENTERPRISE" } });
  expect(await find(`${token}x`)).toBeNull();
  expect(await findSession(app.runtime, undefined, true)).toBeNull();
  const { rows } = await app.runtime.db.pool.query("SELECT session::text AS row FROM session");
  expect(JSON.stringify(rows)).not.toContain(token);
});

test("a session ends after 12 hours without use, and use keeps it open", async () => {
  const idle = await open();
  const used = await open();
  app.clock.advanceSeconds(11 * HOUR);
  expect(await find(used)).not.toBeNull();
  app.clock.advanceSeconds(2 * HOUR);
  expect(await find(used)).not.toBeNull();
  expect(await find(idle)).toBeNull();
});

test("looking on does not keep a session open", async () => {
  const token = await open();
  app.clock.advanceSeconds(11 * HOUR);
  expect(await find(token, false)).not.toBeNull();
  app.clock.advanceSeconds(2 * HOUR);
  expect(await find(token, false)).toBeNull();
});

test("a session ends after 30 days, however much it was used", async () => {
  const token = await open();
  for (let day = 0; day < 59; day++) {
    app.clock.advanceSeconds(12 * HOUR - 60);
    expect(await find(token)).not.toBeNull();
  }
  app.clock.advanceSeconds(DAY / 2);
  expect(await find(token)).toBeNull();
});

test("the end of a session is immediate, recorded once, and no other session's", async () => {
  const token = await open();
  const other = await open();
  const session = (await find(token)) as Session;
  const ids = { requestId: "req_end", correlationId: "corr_end" };
  for (let time = 0; time < 2; time++) {
    await openTransaction(app.runtime, (tx) => endSession(app.runtime, tx, session, ids));
  }
  expect(await find(token)).toBeNull();
  expect(await find(other)).not.toBeNull();
  const { items } = await listEvents(app.runtime.db.pool, orgId, { correlationId: "corr_end" }, { limit: 10 });
  expect(items.map((event) => [event.event, event.actorId])).toEqual([
    ["console.session.ended", session.principal.sessionId],
  ]);
});

test("what opens nothing any more is swept, a session that is open is not", async () => {
  const token = await open();
  const { prisma } = app.runtime.db;
  await issueTicket(app.runtime, prisma, { purpose: "SIGN_IN", personId: null, method: null, challenge: "x" });
  app.clock.advanceSeconds(11 * HOUR);
  await sweepConsole(app.runtime);
  expect(await find(token)).not.toBeNull();
  expect(await prisma.consoleTicket.count()).toBe(1);
  app.clock.advanceSeconds(38 * DAY);
  await sweepConsole(app.runtime);
  expect([await prisma.consoleTicket.count(), await prisma.session.count()]).toEqual([0, 0]);
});
