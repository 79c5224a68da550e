import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/platform/ids.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { openTransaction } from "../transaction.ts";
import { applyCaps } from "./budgets.ts";
import { priceOf } from "./money.ts";
import { type CapPatch, patched } from "./settings.ts";
import { LimitReached, type Spending, spending, spendParameters } from "./spend.ts";

const INCLUDED = 7;
const PRICE = 300;
const QUOTA = 60;
const DAILY_QUOTA = 40;
const DAYS = ["2027-01-30", "2027-01-31", "2027-02-01", "2027-02-02"];

let app: TestApp;
let folder: string;
let clients: pg.Client[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const email_sent = { included: INCLUDED, unitMicros: PRICE, quota: QUOTA, dailyQuota: DAILY_QUOTA };
  await writeFile(
    join(folder, "plans.json"),
    JSON.stringify({ STARTER: { defaultCapCents: null, meters: { email_sent } } }),
  );
  app = await startTestApp({ PLANS_FILE: join(folder, "plans.json") });
  app.clock.set(new Date(`${DAYS[0]}T12:00:00Z`));
  // Each connection has another slot.
  clients = Array.from({ length: 5 }, () => new pg.Client({ connectionString: app.databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await app.close();
  await rm(folder, { recursive: true });
});

type Charge = { micros: bigint; billable: bigint; day: string };

/** Spends as a statement does, in its own transaction. @returns null where a limit refused, with what it said */
async function spend(client: pg.Client, order: Spending): Promise<Charge | LimitReached> {
  const call = spendParameters(order).map(([, type], index) => `$${index + 1}::${type}`);
  const values = spendParameters(order).map(([value]) => value);
  try {
    const { rows } = await spending(app.runtime, order.orgId, order.meter, () =>
      client.query(`SELECT micros, billable, day::text FROM spend_budget(${call.join(", ")})`, values),
    );
    return { micros: BigInt(rows[0].micros), billable: BigInt(rows[0].billable), day: rows[0].day };
  } catch (error) {
    if (error instanceof LimitReached) return error;
    throw error;
  }
}

async function setCaps(orgId: string, scope: string, change: CapPatch, stored: CapPatch): Promise<CapPatch> {
  const settings = patched(stored, change);
  await openTransaction(app.runtime, async (tx) => {
    const org = { id: orgId, ...(await lockOrganization(tx, orgId)) };
    const fields = { settings, updatedAt: app.clock.now() };
    await tx.hardCap.upsert({
      where: { orgId_scope: { orgId, scope } },
      create: { orgId, scope, ...fields },
      update: fields,
    });
    await applyCaps(app.runtime, tx, org, scope);
  });
  return settings;
}

type Count = { monthUnits: number; monthMicros: number; dayUnits: number; dayMicros: number };
const nothing = (): Count => ({ monthUnits: 0, monthMicros: 0, dayUnits: 0, dayMicros: 0 });

/** The same in the simplest way: one number for everything, one after the other. */
class Model {
  day = DAYS[0] as string;
  readonly org = nothing();
  readonly agents = [nothing(), nothing()];
  readonly caps: Record<string, CapPatch> = { "": {}, 0: {}, 1: {} };

  spend(agent: number, units: number, day: string): { micros: number; day: string } | null {
    this.#turn(day);
    const terms = { included: INCLUDED, unitMicros: PRICE, quota: QUOTA, dailyQuota: DAILY_QUOTA };
    const micros = Math.max(
      Number(priceOf(terms, BigInt(this.org.monthUnits), BigInt(units))),
      units < 0 ? -this.org.monthMicros : 0,
    );
    const counts = [this.org, this.agents[agent] as Count];
    const isShort =
      (units > 0 && this.org.monthUnits + units > QUOTA) ||
      (units > 0 && this.org.dayUnits + units > DAILY_QUOTA) ||
      [this.caps[""], this.caps[agent]].some((cap, index) => exceeds(cap ?? {}, counts[index] as Count, units, micros));
    if (isShort) return null;
    // What is given back for a day that is over is given to its month, if that is not.
    const isOver = units < 0 && day < this.day;
    if (isOver && day.slice(0, 7) !== this.day.slice(0, 7)) return { micros: 0, day: this.day };
    for (const count of counts) {
      count.monthUnits += units;
      count.monthMicros += micros;
      if (isOver) continue;
      count.dayUnits += units;
      count.dayMicros += micros;
    }
    return { micros, day: this.day };
  }

  #turn(day: string): void {
    if (day <= this.day) return;
    for (const count of [this.org, ...this.agents]) {
      Object.assign(count, { dayUnits: 0, dayMicros: 0 });
      if (day.slice(0, 7) !== this.day.slice(0, 7)) Object.assign(count, nothing());
    }
    this.day = day;
  }
}

function exceeds({ enabled = true, monthlyCapCents, meters }: CapPatch, count: Count, units: number, micros: number) {
  const email = meters?.email;
  if (!enabled || email?.enabled === false || email?.mode === "alert-only") return false;
  const over = (used: number, more: number, limit: number | null | undefined) =>
    limit !== null && limit !== undefined && more > 0 && used + more > limit;
  const cents = (limit: number | null | undefined) => (limit === null || limit === undefined ? null : limit * 10_000);
  const monthCents = email?.capCents ?? monthlyCapCents;
  return (
    over(count.monthUnits, units, monthCents === 0 ? 0 : email?.capUnits) ||
    over(count.monthMicros, micros, cents(monthCents)) ||
    over(count.dayUnits, units, email?.daily?.capCents === 0 ? 0 : email?.daily?.capUnits) ||
    over(count.dayMicros, micros, cents(email?.daily?.capCents))
  );
}

const cents = fc.option(fc.integer({ min: 0, max: 2 }));
const units = fc.option(fc.integer({ min: 0, max: 50 }));
const change: fc.Arbitrary<CapPatch> = fc.record(
  {
    enabled: fc.boolean(),
    monthlyCapCents: cents,
    meters: fc.record({
      email: fc.record(
        {
          enabled: fc.boolean(),
          mode: fc.constantFrom("block", "alert-only"),
          capCents: cents,
          capUnits: units,
          daily: fc.record({ capCents: cents, capUnits: units }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
);
type Step =
  | { kind: "spend"; agent: number; units: number; client: number; back: number }
  | { kind: "set"; scope: string; change: CapPatch }
  | { kind: "day" };
const spendStep = fc.record({
  kind: fc.constant("spend" as const),
  agent: fc.nat(1),
  units: fc.constantFrom(1, 1, 1, 1, 2, 5, 13, -1, -3),
  client: fc.nat(4),
  // A process whose clock is behind, by a day.
  back: fc.constantFrom(0, 0, 0, 1),
});
const nextDay: Step = { kind: "day" };
const spendOne = (back: number, units = 1): Step => ({ kind: "spend", agent: 0, units, client: 0, back });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: spendStep },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("set" as const), scope: fc.constantFrom("", "0", "1"), change }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "day" as const }) },
);

/** What a budget has used, summed over its slots; and what it may still grant must be its limits less that. */
async function checkSlots(orgId: string): Promise<void> {
  const { rows } = await app.runtime.db.pool.query(
    `SELECT b.meter, b.scope, count(DISTINCT s.day) AS days, sum(s.month_units) AS used, b.month_units AS allowed, b.enforced,
        sum(s.left_month_units) AS left, sum(coalesce(s.left_included, 0)) AS free, b.included_units AS included,
        greatest(min(s.left_month_units), 0) = min(s.left_month_units) AS positive
      FROM budget b JOIN budget_slot s USING (org_id, scope, meter) WHERE org_id = $1 GROUP BY b.org_id, b.scope, b.meter`,
    [orgId],
  );
  for (const row of rows) {
    if (row.included !== null) expect(Number(row.free)).toBe(Math.max(0, row.included - row.used));
    if (row.allowed === null || !row.enforced) expect(row.left).toBeNull();
    else expect([Number(row.left), row.positive]).toEqual([Math.max(0, row.allowed - row.used), true]);
  }
}

describe("what is spent over many slots", () => {
  it("equals what one counter would grant, whatever is spent, given back, set, and whenever", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { orgId } = await app.organisation("STARTER");
        const agents = [newId(), newId()];
        const model = new Model();
        let day = 0;
        app.clock.set(new Date(`${DAYS[0]}T12:00:00Z`));
        for (const each of steps) {
          if (each.kind === "day") {
            day = Math.min(day + 1, DAYS.length - 1);
            app.clock.set(new Date(`${DAYS[day]}T12:00:00Z`));
          } else if (each.kind === "set") {
            const scope = each.scope === "" ? "" : (agents[Number(each.scope)] as string);
            const stored = model.caps[each.scope] ?? {};
            // An agent's cap begins with what is recorded for it, which this test does not write: only the organisation's
            // is changed in the middle.
            if (scope !== "" && model.agents.some((count) => count.monthUnits !== 0)) continue;
            model.caps[each.scope] = await setCaps(orgId, scope, each.change, stored);
          } else {
            // It is behind only where another one has begun the day.
            const isBegun = model.day === DAYS[day];
            const at = DAYS[Math.max(0, day - (isBegun ? each.back : 0))] as string;
            const spent = {
              orgId,
              agentId: agents[each.agent] as string,
              meter: "email_sent",
              units: each.units,
              day: at,
            } as const;
            const charge = await spend(clients[each.client] as pg.Client, spent);
            const expected = model.spend(each.agent, each.units, at);
            const got = charge instanceof LimitReached ? null : { micros: Number(charge.micros), day: charge.day };
            expect(got).toEqual(expected);
          }
        }
        await checkSlots(orgId);
      }),
      // A process whose clock is behind by a month pays, and is counted.
      {
        numRuns: 40,
        examples: [[[nextDay, nextDay, spendOne(0), spendOne(1), nextDay, spendOne(0), spendOne(0, 13)]]],
      },
    );
  });
});

it("what is spent twice in one transaction is granted twice, also where no slot has enough for the second", async () => {
  const { orgId } = await app.organisation("STARTER");
  const [client] = clients as [pg.Client];
  const order = { orgId, agentId: newId(), meter: "email_sent", day: DAYS[3] as string } as const;
  await spend(client, { ...order, units: 1 });
  await client.query("BEGIN");
  // The quota leaves no slot more than two units.
  expect(await spend(client, { ...order, units: 1 })).toMatchObject({ micros: 0n });
  expect(await spend(client, { ...order, units: 9 })).toMatchObject({ billable: 4n });
  await client.query("COMMIT");
  await checkSlots(orgId);
});

it("many that begin at the same moment make the budget once, and meanwhile others are served", async () => {
  const [busy, other] = [await app.organisation("STARTER"), await app.organisation("STARTER")];
  const [agent, neighbour] = [await app.agent(busy.masterKey), await app.agent(other.masterKey)];
  const send = ({ key, email }: { key: string; email: string }) =>
    app.call("POST", "/v1/email/send", { key, body: { to: email, subject: "Hello", body: "Hello." } });
  const [client, watcher] = clients as [pg.Client, pg.Client];
  await client.query("BEGIN");
  await client.query("SELECT 1 FROM organization WHERE id = $1 FOR UPDATE", [busy.orgId]);
  // More than there are connections.
  const sends = Array.from({ length: 30 }, () => send(agent));
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query LIKE '%FROM organization WHERE id%'`;
  await waitUntil(async () => (await watcher.query(waiting)).rowCount === 1);
  expect((await send(neighbour)).status).toBe(201);
  expect((await watcher.query(waiting)).rowCount).toBe(1);
  await client.query("COMMIT");
  for (const { status } of await Promise.all(sends)) expect(status).toBe(201);
});
