import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { STRIPE_KEY, startStripe, WEBHOOK_SECRET } from "../test/support/stripe.ts";
import { type Anima, startAnima } from "./support/anima.ts";
import { type Api, test as base, expect, MASTER_KEY, openSession, secondWindow } from "./support/console.ts";
import { billMonths } from "./support/invoices.ts";
import { joinAsViewer } from "./support/people.ts";

// Caps and the kill switch concern a whole organisation: these stories have one of their own.
const test = base.extend<object, { anima: Anima }>({
  anima: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const anima = await startAnima({ INIT_ORG_NAME: "Capped Ltd", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "SCALE" });
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

const NO_CAPS = {
  enabled: true,
  mode: "block",
  capCents: null,
  capUnits: null,
  daily: { capCents: null, capUnits: null },
};

test.afterEach(async ({ api }) => {
  const { id } = (await (await api.call("GET", "/v1/orgs/me")).json()) as { id: string };
  await api.call("POST", `/v1/orgs/${id}/resume`);
  const meters = { email: NO_CAPS, sms: NO_CAPS, voice: NO_CAPS };
  await api.call("PUT", "/v1/billing/hard-cap", { enabled: true, monthlyCapCents: 24_900, meters });
});

const field = (page: Page, name: string) => page.getByRole("textbox", { name: `${name}, exactly` });
const limit = (page: Page, name: string) => page.getByRole("group", { name, exact: true });
const limits = (page: Page) => page.getByRole("status", { name: "Limits" });
const save = (page: Page) => page.getByRole("button", { name: "Save Email caps" });

async function usedToday(api: Api): Promise<number> {
  const cap = (await (await api.call("GET", "/v1/billing/hard-cap")).json()) as {
    usage: { email: { day: { usedUnits: number } } };
  };
  return cap.usage.email.day.usedUnits;
}

test("a cap says before it is saved what it does, blocks from then on, and every window learns of it", async ({
  signedIn: page,
  browser,
  session,
  api,
}) => {
  const agent = await api.agent("Night loop");
  for (let mail = 0; mail < 2; mail++) expect((await api.send(agent.key, agent.email, "Before")).status).toBe(201);
  const used = await usedToday(api);
  const other = await secondWindow(browser, session);
  await other.goto("/agents");
  await page.goto("/caps");
  await expect(limit(page, "Mails a day")).toContainText(`${used} used`);

  // The preview: far away, near, below what is used.
  await field(page, "Mails a day").fill("1000000");
  await expect(limit(page, "Mails a day")).toContainText("at today's rate not reached this day");
  await field(page, "Mails a day").fill(String(used));
  await expect(limit(page, "Mails a day")).toContainText("blocks at once");
  await page.getByRole("button", { name: "Alert only" }).click();
  await expect(limit(page, "Mails a day")).toContainText("reached already");
  await page.getByRole("button", { name: "Block", exact: true }).click();
  expect((await api.send(agent.key, agent.email, "Not saved yet")).status).toBe(201);
  await field(page, "Mails a day").fill(String(used + 1));
  await save(page).click();

  const holding = page
    .getByRole("region", { name: "Limits of Email" })
    .getByRole("row")
    .filter({ hasText: "mails a day" });
  await expect(holding).toContainText("blocks");
  await expect(page.getByRole("region", { name: "Changes" })).toContainText(`Email a day: no cap → ${used + 1} mails`);
  await expect(page.getByText("somebody with the master key").first()).toBeVisible();
  const refused = await api.send(agent.key, agent.email, "Refused");
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([402, "PAYMENT_REQUIRED"]);

  // A page that has nothing to do with money says it, since nothing more is sent; it can be dismissed, and stays so.
  await expect(limits(other)).toContainText("The organisation's cap on email: 100 % of this day is used");
  await other.getByRole("button", { name: /^Dismiss: The organisation's cap on email/ }).click();
  await expect(limits(other)).not.toContainText("The organisation's cap on email");
  await other.reload();
  await expect(other.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  await expect(limits(other)).not.toContainText("The organisation's cap on email");

  // By keyboard alone: the slider up, and on it goes.
  const slider = page.getByRole("slider", { name: "Mails a day" });
  await slider.focus();
  await page.keyboard.press("End");
  await expect(slider).toHaveAttribute("aria-valuetext", "100");
  await save(page).focus();
  await page.keyboard.press("Enter");
  await expect(holding).toContainText("100");
  await expect(holding).not.toContainText("blocks");
  expect((await api.send(agent.key, agent.email, "Goes again")).status).toBe(201);
  await expect(limits(page)).not.toContainText("100 % of this day");
  await other.context().close();
});

test.describe("what the server refuses", () => {
  test.use({ refusalsExpected: true });

  test("stands at its field, and what was shown at once is taken back", async ({ signedIn: page, api }) => {
    await page.goto("/caps?channel=voice");
    const saveVoice = page.getByRole("button", { name: "Save Voice caps" });
    for (const [name, text, problem] of [
      ["Minutes a month", "-5", "must not be below 0"],
      ["Money a day", "12.345", "must be a whole number of cents"],
      ["Minutes a day", "1.5", "must be a whole number"],
    ] as const) {
      await field(page, name).fill(text);
      await saveVoice.click();
      await expect(limit(page, name)).toContainText(problem);
      await expect(field(page, name)).toHaveAttribute("aria-invalid", "true");
      await page.getByRole("button", { name: "Undo changes" }).click();
      await expect(field(page, name)).toHaveValue("");
    }
    await field(page, "Minutes a day").fill("ten");
    await expect(limit(page, "Minutes a day")).toContainText("must be a number");
    await expect(saveVoice).toBeDisabled();
    await page.getByRole("button", { name: "Undo changes" }).click();

    // An answer that never comes: the number that stood in the table before stands there again, with the reason.
    const holding = page.getByRole("region", { name: "Limits of Voice" });
    await page.route("**/api/trpc/billing.setHardCap**", (route) => route.abort());
    await page.getByRole("switch", { name: "Cap Voice" }).uncheck();
    await saveVoice.click();
    await expect(page.getByText("The caps were not changed.")).toBeVisible();
    await expect(page.getByRole("form", { name: "Voice caps" }).getByRole("alert")).toContainText(
      "SERVICE_UNAVAILABLE",
    );
    await expect(holding).toContainText("$249.00");
    const { meters } = (await (await api.call("GET", "/v1/billing/hard-cap")).json()) as { meters: { voice: object } };
    expect(meters.voice).toEqual(NO_CAPS);
  });
});

test("an agent has caps of its own, and shows among those that need a hand when they are used up", async ({
  signedIn: page,
  browser,
  session,
  api,
}) => {
  const agent = await api.agent("Spendthrift");
  await api.send(agent.key, agent.email, "One");
  const overview = await secondWindow(browser, session);
  await overview.goto("/overview");
  await expect(overview.getByText("Email spend against cap")).toBeVisible();
  // Each channel has its line: mail is the first.
  await expect(overview.getByText("/ $249.00").first()).toBeVisible();

  await page.goto(`/agents/${agent.id}`);
  await page.getByRole("link", { name: "Its caps" }).click();
  await expect(page).toHaveURL(new RegExp(`/caps\\?agent=${agent.id}`));
  await expect(page.getByText("No cap of this agent was ever changed")).toBeVisible();
  await expect(page.getByText("nothing is under way whose cost is not known yet")).toBeVisible();
  await field(page, "Mails a month").fill("1");
  await expect(limit(page, "Mails a month")).toContainText("blocks at once");
  await save(page).click();
  const agents = page
    .getByRole("region", { name: "Limits of Email" })
    .getByRole("row")
    .filter({ hasText: "Agent's cap" });
  await expect(agents).toContainText("blocks");
  expect((await api.send(agent.key, agent.email, "Two")).status).toBe(402);

  const needs = overview.getByRole("region", { name: "Agents that need a hand" });
  const capped = needs.getByRole("listitem").filter({ hasText: "Spendthrift" });
  await expect(capped.filter({ hasText: "Its cap on email is used up for this month" })).toBeVisible();
  await expect(capped.filter({ hasText: "PAYMENT_REQUIRED" })).toContainText("capped");
  await expect(limits(overview)).toContainText("The cap of Spendthrift on email: 100 %");
  await capped.getByRole("link", { name: "Its cap" }).first().click();
  await expect(overview).toHaveURL(new RegExp(`/caps\\?agent=${agent.id}`));
  await overview.goto("/caps");
  const own = overview.getByRole("region", { name: "Agents with caps of their own" });
  await expect(own.getByRole("listitem").filter({ hasText: "Spendthrift" })).toContainText("1 of 1 mails a month");
  await expect(overview.getByRole("region", { name: "Changes" })).toContainText("for Spendthrift");
  await overview.context().close();
});

test("the kill switch says what it touches, stops within a second in every window, and is undone", async ({
  signedIn: page,
  browser,
  session,
  api,
}) => {
  const agent = await api.agent("Stoppable");
  await api.send(agent.key, "kim@example.com", "Waits for a relay");
  const other = await secondWindow(browser, session);
  await other.goto("/mail");
  await page.goto("/overview");
  await page.getByRole("button", { name: "Stop all agents" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop all agents of Capped Ltd?" });
  await expect(dialog).toContainText(/Within a second \d+ agents? can do nothing/);
  await expect(dialog).toContainText(/In the queue: \d+ mails?, which stay there/);
  const stop = dialog.getByRole("button", { name: "Stop all agents" });
  await expect(stop).toBeDisabled();
  await dialog.getByLabel("Type Capped Ltd to confirm").fill("Capped Ltd");
  await stop.click();

  const banner = (window: Page) => window.getByRole("status", { name: "Kill switch" });
  await expect(banner(page)).toContainText("All agents are stopped.");
  await expect(banner(other)).toContainText("All agents are stopped.", { timeout: 10_000 });
  const refused = await api.send(agent.key, agent.email, "Refused");
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, "ORG_STOPPED"]);

  await banner(other).getByRole("button", { name: "Resume agents" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Resume agents" }).click();
  await expect(banner(other)).toBeEmpty();
  await expect(banner(page)).toBeEmpty({ timeout: 2_000 });
  expect((await api.send(agent.key, agent.email, "Goes again")).status).toBe(201);

  // From anywhere by the palette, as an address that Back leaves.
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Page, agent, id").fill("kill switch");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/caps\?stop=1/);
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await other.context().close();
});

test("a viewer sees caps, billing and the switch, and can change none of them", async ({
  signedIn: owner,
  browser,
  anima,
  api,
}) => {
  await api.call("PUT", "/v1/billing/hard-cap", { meters: { email: { capUnits: 5_000 } } });
  const page = await joinAsViewer(owner, browser, anima);
  await page.goto("/caps");
  await expect(field(page, "Mails a month")).toHaveValue("5000");
  await expect(field(page, "Mails a month")).not.toBeEditable();
  await expect(page.getByRole("slider", { name: "Mails a month" })).toBeDisabled();
  await expect(page.getByRole("switch", { name: "Cap Email" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Alert only" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Stop all agents" })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("region", { name: "Changes" })).toContainText("5,000 mails");
  await page.goto("/billing");
  await expect(page.getByRole("definition").filter({ hasText: "SCALE" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Change plan" })).toHaveAttribute("aria-disabled", "true");
  await page.context().close();
});

test("the plan is changed with what it costs and when, and the page shows it everywhere at once", async ({
  signedIn: page,
  api,
}) => {
  const agent = await api.agent("Billed");
  await api.send(agent.key, agent.email, "One");
  await page.goto("/billing");
  await expect(page.getByRole("row").filter({ hasText: "Mail sent" }).first()).toContainText("1,000,000");
  await expect(page.getByText("The first one is made when the month ends")).toBeVisible();
  await expect(page.getByText("There is no forecast before a whole day has passed")).toBeVisible();

  await page.getByRole("button", { name: "Change plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the plan" });
  await expect(dialog.getByRole("button", { name: "Stay with SCALE" })).toBeDisabled();
  await dialog.getByRole("radio", { name: /^GROWTH/ }).check();
  await expect(dialog.getByRole("status")).toContainText("It begins when the month ends");
  await dialog.getByRole("radio", { name: /^FREE/ }).check();
  await dialog.getByRole("radio", { name: /^ENTERPRISE/ }).check();
  await expect(dialog.getByRole("status")).toContainText(/It begins at once. This month's invoice grows by \$\d/);
  await dialog.getByRole("button", { name: "Change to ENTERPRISE" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The plan was not changed.");

  await dialog.getByRole("radio", { name: /^GROWTH/ }).check();
  await dialog.getByRole("button", { name: "Change to GROWTH" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("the plan is GROWTH");
  const { tier } = (await (await api.call("GET", "/v1/billing/tier")).json()) as { tier: string };
  expect(tier).toBe("scale");

  await page.getByRole("button", { name: "Change plan" }).click();
  await dialog.getByRole("radio", { name: /^SCALE/ }).check();
  await expect(dialog.getByRole("status")).toContainText("The change to GROWTH is taken back");
  await dialog.getByRole("button", { name: "Stay with SCALE" }).click();
  await expect(page.getByRole("region", { name: "Plan" })).not.toContainText("the plan is GROWTH");
});

test("what the plan allows of a day stands among the limits that hold; what is stored, beside the plan", async ({
  signedIn: page,
}) => {
  await page.goto("/caps?channel=voice");
  const daily = page
    .getByRole("region", { name: "Limits of Voice" })
    .getByRole("row")
    .filter({ hasText: "calls a day" });
  await expect(daily).toContainText("Plan SCALE");
  await expect(daily).toContainText("800");
  await page.goto("/billing");
  const stored = page
    .getByRole("region", { name: "Plan" })
    .locator("div")
    .filter({ hasText: /^Stored/ });
  await expect(stored).toContainText(/^Stored[\d.]+ k?B$/);
});

test("an invoice is saved as PDF by the session, marked as paid, or written off and voided by whoever runs the server", async ({
  signedIn: page,
  anima,
  api,
}) => {
  const [newest, oldest] = await billMonths(anima, api, 2);
  await page.goto("/billing");
  const row = (number = "") =>
    page.getByRole("region", { name: "Invoices" }).getByRole("row").filter({ hasText: number });
  await expect(row(newest?.number)).toContainText("open");
  await expect(row(newest?.number)).toContainText("$249.00");

  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: `Download ${newest?.number} as PDF` }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`invoice-${newest?.number}.pdf`);
  expect((await readFile(await download.path())).subarray(0, 5).toString()).toBe("%PDF-");
  const stranger = await fetch(`${anima.url}/api/invoice/${newest?.id}`);
  expect(stranger.status).toBe(401);

  await page.getByRole("button", { name: `Mark ${newest?.number} as paid` }).click();
  const dialog = page.getByRole("dialog", { name: `Mark ${newest?.number} as paid?` });
  await expect(dialog).toContainText("$249.00 have arrived");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(row(newest?.number)).toContainText("open");
  await page.getByRole("button", { name: `Mark ${newest?.number} as paid` }).click();
  await dialog.getByRole("button", { name: "Mark as paid" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(newest?.number)).toContainText("paid");
  await expect(page.getByRole("button", { name: `Mark ${newest?.number} as paid` })).toHaveCount(0);

  const script = join(import.meta.dirname, "../scripts/invoice.ts");
  const env = { ...process.env, DATA_DIR: anima.dataDir };
  const settle = (how: string, reason: string) =>
    promisify(execFile)(process.execPath, [script, how, oldest?.number ?? "", reason], { env });
  await settle("uncollectible", "out of business");
  await expect(row(oldest?.number)).toContainText("written off");
  await expect(page.getByRole("button", { name: `Mark ${oldest?.number} as paid` })).toBeVisible();
  await settle("void", "billed twice");
  await expect(row(oldest?.number)).toContainText("void");
  await expect(row(oldest?.number)).toContainText("billed twice");
  await expect(page.getByRole("button", { name: `Mark ${oldest?.number} as paid` })).toHaveCount(0);
});

test("where a provider collects, a means of payment and a larger plan begin on its page, and the button then leads to what was left there", async ({
  context,
  page,
}) => {
  const stripe = await startStripe();
  const anima = await startAnima({
    INIT_ORG_NAME: "Card Ltd",
    INIT_MASTER_KEY: MASTER_KEY,
    INIT_TIER: "STARTER",
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: stripe.url,
  });
  try {
    await context.addCookies([await openSession(anima.url)]);
    await page.route(/stripe\.test/, (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>Provider</title>" }),
    );
    await page.goto(`${anima.url}/billing`);
    await page.getByRole("button", { name: "Add a payment method" }).click();
    await expect(page).toHaveURL(/^https:\/\/checkout\.stripe\.test\/cs_/);
    await page.goto(`${anima.url}/billing`);
    await page.getByRole("button", { name: "Change plan" }).click();
    const dialog = page.getByRole("dialog", { name: "Change the plan" });
    await dialog.getByRole("radio", { name: /^GROWTH/ }).check();
    await expect(dialog).toContainText("asks for a means of payment");
    await dialog.getByRole("button", { name: "Continue to payment" }).click();
    await expect(page).toHaveURL(/^https:\/\/checkout\.stripe\.test\/cs_/);

    const payload = stripe.event("checkout.session.completed", stripe.completeCheckout(page.url()));
    const answer = await fetch(`${anima.url}/v1/billing/webhooks/stripe`, {
      method: "POST",
      headers: { "stripe-signature": stripe.sign(payload, new Date()) },
      body: payload,
    });
    expect(answer.status).toBe(200);
    await page.goto(`${anima.url}/billing`);
    await expect(page.getByRole("region", { name: "Plan" })).toContainText("GROWTH");
    await page.getByRole("button", { name: "Payment method" }).click();
    await expect(page).toHaveURL(/^https:\/\/portal\.stripe\.test/);
  } finally {
    await anima.stop();
    await stripe.close();
  }
});
