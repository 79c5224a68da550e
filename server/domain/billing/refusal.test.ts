import { afterAll, beforeAll, expect, it } from "vitest";
import type { Meter } from "#server/platform/tiers.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { toRefusal } from "./refusal.ts";
import { LimitReached } from "./spend.ts";

let app: TestApp;
let orgId: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ orgId } = await app.organisation("STARTER"));
  const data = { overdueSince: app.clock.now() };
  await app.runtime.db.prisma.billingAccount.update({ where: { orgId }, data });
});
afterAll(() => app.close());

/** What is answered where a limit of a plan is used up. */
function refusal(meter: Meter, limit: "month_units" | "day_units", allowed: number) {
  const none = { month_units: null, month_micros: null, day_units: null, day_micros: null };
  const used = { month_units: allowed, month_micros: 0, day_units: allowed, day_micros: 0 };
  const limits = { ...none, [limit]: allowed };
  const asked = { scope: "", meter, limit, day: "2027-03-09", units: 1, micros: 0 };
  return toRefusal(app.runtime, orgId, new LimitReached({ ...asked, limits, used }));
}

it("of an unpaid invoice asks to pay it", async () => {
  const { code, details, message } = await refusal("email_sent", "month_units", 25_000);
  expect({ code, details }).toMatchObject({ code: "PAYMENT_REQUIRED", details: { source: "payment" } });
  expect(message).toContain("An invoice is overdue, so only the 25000 mails a month");
});

it.each([
  ["VOICE_MONTHLY_CAP_EXCEEDED", "month_units", 250],
  ["VOICE_DAILY_CAP_EXCEEDED", "day_units", 50],
] as const)(
  "of the plan's own limit is %s also while an invoice is unpaid: paying would not lift it",
  async (code, limit, allowed) => {
    const refused = await refusal("voice_calls", limit, allowed);
    expect(refused.code).toBe(code);
    expect(refused.details).toMatchObject({
      source: "plan",
      current: allowed,
      cap: allowed,
      remediation: { plan: "GROWTH" },
    });
  },
);
