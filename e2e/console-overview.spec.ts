import type { Page } from "@playwright/test";
import { type Anima, startAnima } from "./support/anima.ts";
import { Api, axe, expect, secondWindow, test } from "./support/console.ts";
import { giveNumber } from "./support/phone.ts";

/** The number at the head of a chart. */
const totalOf = (page: Page, name: string) =>
  page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name, exact: true }) })
    .locator("p")
    .first();

async function numberOf(page: Page, name: string): Promise<number> {
  return Number((await totalOf(page, name).textContent())?.replaceAll(",", ""));
}

/** Waits until the page follows the log, so that what happens next is seen as it happens. */
async function whenLive(page: Page): Promise<void> {
  await page.waitForResponse((response) => response.url().includes("/api/live") && response.ok());
}

test.describe("a new organisation", () => {
  const MASTER = `mk_${"new0".repeat(11)}`;
  let fresh: Anima;
  test.beforeAll(async () => {
    fresh = await startAnima({ INIT_ORG_NAME: "New", INIT_MASTER_KEY: MASTER, INIT_TIER: "FREE" });
  });
  test.afterAll(() => fresh.stop());
  test.use({ refusalsExpected: true });

  test("creates an agent, sends a mail and watches it arrive", async ({ page }) => {
    await page.goto(`${fresh.url}/sign-in?to=%2Foverview`);
    await page.getByLabel("Master key").fill(MASTER);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Three steps from nothing to a mail that arrived")).toBeVisible();
    expect(await axe(page)).toEqual([]);
    const step = (name: string) => page.locator("main li").filter({ has: page.getByRole("heading", { name }) });
    await expect(step("Create an agent")).toHaveAttribute("aria-current", "step");

    await step("Create an agent").getByRole("button", { name: "Create agent" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Name").fill("First one");
    await sheet.getByRole("button", { name: "Create agent" }).click();
    await sheet.getByRole("button", { name: "I have copied the key" }).click();
    await expect(step("Create an agent")).toContainText("First one has the address first-one@");

    await expect(step("Send a mail")).toHaveAttribute("aria-current", "step");
    await expect(page.getByLabel("To", { exact: true })).toHaveValue(/^first-one@/);
    expect(await axe(page)).toEqual([]);
    await page.getByLabel("Subject").fill("Hello, myself");
    // A refusal stands at its field, and what was written stays.
    const to = page.getByLabel("To", { exact: true });
    const address = await to.inputValue();
    await to.fill("not an address");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(to).toHaveAttribute("aria-invalid", "true");
    await to.fill(address);
    await page.getByRole("button", { name: "Send", exact: true }).click();

    await expect(step("Watch it arrive")).toContainText("It has arrived.");
    for (const event of ["email.queued", "email.received", "email.sent"]) {
      await expect(page.getByLabel("What happened to the mail").getByText(event)).toBeVisible();
    }
    expect(await axe(page)).toEqual([]);
    const agents = await (await new Api(fresh.url, MASTER).call("GET", "/v1/messages?direction=INBOUND")).json();
    expect(agents.items).toMatchObject([{ subject: "Hello, myself", status: "DELIVERED" }]);

    await page.getByRole("button", { name: "Show the overview" }).click();
    await expect(totalOf(page, "Mail sent")).toHaveText("1");
    await expect(totalOf(page, "Mail received")).toHaveText("1");
    await page.reload();
    await expect(totalOf(page, "Mail sent")).toHaveText("1");
  });
});

test("a send in one browser appears in the charts of another, once, without a reload", async ({
  signedIn: page,
  browser,
  session,
  api,
}) => {
  const agent = await api.agent("Charted");
  await api.send(agent.key, agent.email, "Before");
  const ours = await giveNumber(api, agent.id);
  const watcher = await secondWindow(browser, session);
  const live = whenLive(watcher);
  await watcher.goto("/overview");
  await live;
  await expect(totalOf(watcher, "Mail received")).not.toHaveText("0");
  const before = {
    sent: await numberOf(watcher, "Mail sent"),
    refused: await numberOf(watcher, "Refusals"),
    calls: await numberOf(watcher, "Calls"),
    texts: await numberOf(watcher, "Texts sent"),
  };
  const requests: string[] = [];
  watcher.on("request", (request) => requests.push(request.url()));

  // The other one acts in the console: it pauses the agent, whose next mail is refused.
  for (let mail = 0; mail < 5; mail++) await api.send(agent.key, agent.email, "Watched");
  await expect.poll(() => numberOf(watcher, "Mail sent")).toBe(before.sent + 5);
  await api.call("POST", "/v1/sandbox/inbound-call", { from: "+13055550117", to: ours });
  await api.call("POST", "/v1/sandbox/inbound-sms", { from: "+13055550117", to: ours, body: "HELP" });
  await expect.poll(() => numberOf(watcher, "Calls")).toBe(before.calls + 1);
  // HELP is answered.
  await expect.poll(() => numberOf(watcher, "Texts sent")).toBe(before.texts + 1);
  await page.goto(`/agents/${agent.id}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Pause agent" }).click();
  // The page says so before the server has answered.
  const status = async () =>
    ((await (await api.call("GET", `/v1/agents/${agent.id}`)).json()) as { status: string }).status;
  await expect.poll(status).toBe("PAUSED");
  await api.send(agent.key, agent.email, "Refused");
  await expect.poll(() => numberOf(watcher, "Refusals")).toBe(before.refused + 1);

  const needs = watcher.getByRole("region", { name: "Agents that need a hand" });
  await expect(needs.getByRole("listitem").filter({ hasText: "Charted" })).toHaveCount(2);
  await expect(needs).toContainText("AGENT_PAUSED");
  await expect(needs.getByRole("link", { name: "What to do" }).first()).toHaveAttribute(
    "href",
    "/docs/errors/agent-paused",
  );
  // The charts were filled by the events themselves.
  expect(requests.filter((url) => url.includes("overview.counts"))).toEqual([]);
  await watcher.reload();
  await expect.poll(() => numberOf(watcher, "Mail sent")).toBe(before.sent + 5);
  await expect.poll(() => numberOf(watcher, "Refusals")).toBe(before.refused + 1);

  await needs.getByRole("listitem").filter({ hasText: "Charted" }).getByRole("link", { name: "Resume it" }).click();
  await watcher.getByRole("button", { name: "Resume" }).click();
  await watcher.getByRole("button", { name: "Resume agent" }).click();
  await expect(watcher.getByText("active", { exact: true })).toBeVisible();
  await watcher.context().close();
});

test("the value of an hour is read by keyboard, by pointer and as a table", async ({ signedIn: page, api }) => {
  const agent = await api.agent("Read");
  await api.send(agent.key, agent.email, "One");
  await page.goto("/overview");
  const chart = page.getByRole("slider", { name: "Mail sent by hour" });
  const shown = async () => {
    const [, hour, value] = (await chart.getAttribute("aria-valuetext"))?.match(/^(\d\d:00–\d\d:00): ([\d,]+)$/) ?? [];
    return { hour, value: Number(value?.replaceAll(",", "")) };
  };
  await expect.poll(async () => (await shown()).value).toBeGreaterThan(0);
  const { hour: now } = await shown();
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await shown()).hour).not.toBe(now);
  await page.keyboard.press("End");
  await expect.poll(async () => (await shown()).hour).toBe(now);
  await chart.blur();
  await chart.hover({ position: { x: 2, y: 20 } });
  // A day ago this server was not there.
  await expect.poll(shown).toEqual({ hour: expect.not.stringContaining(`${now}`), value: 0 });
  await expect(page.getByRole("table", { name: "Mail sent by hour" }).getByRole("row")).toHaveCount(25);
});

test.describe("while the server is away", () => {
  test.use({ refusalsExpected: true });

  test("the charts say that they wait, and then catch up with what happened", async ({ page }) => {
    test.slow();
    const key = `mk_${"gone".repeat(11)}`;
    const server = await startAnima({ INIT_ORG_NAME: "Gone", INIT_MASTER_KEY: key, INIT_TIER: "SCALE" });
    try {
      const api = new Api(server.url, key);
      const agent = await api.agent("Restarted");
      await api.send(agent.key, agent.email, "Before");
      await page.goto(`${server.url}/sign-in?to=%2Foverview`);
      await page.getByLabel("Master key").fill(key);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(totalOf(page, "Mail received")).toHaveText("1");
      await page.route("**/api/live**", (route) => route.abort());
      await server.restart();
      await expect(page.getByText("The server does not answer: the charts wait.")).toBeVisible();
      for (let mail = 0; mail < 3; mail++) await api.send(agent.key, agent.email, "Meanwhile");
      await page.unroute("**/api/live**");
      await expect(totalOf(page, "Mail sent")).toHaveText("4");
      await expect(totalOf(page, "Mail received")).toHaveText("4");
    } finally {
      await server.stop();
    }
  });
});

test("what is not configured is named with its remedy", async ({ signedIn: page, api }) => {
  const agent = await api.agent("Configured");
  await api.send(agent.key, agent.email, "One");
  await page.goto("/overview");
  const list = page.getByRole("region", { name: "To configure" });
  for (const setting of ["SMTP_RELAY_URL", "MAIL_DOMAIN", "SMTP_PORT", "CARRIER", "PUBLIC_URL"]) {
    await expect(list.getByText(setting, { exact: true })).toBeVisible();
  }
});

test("billing shows the plan and what was used of it, and counts on", async ({ signedIn: page, api }) => {
  const agent = await api.agent("Billed");
  await api.send(agent.key, agent.email, "One");
  await page.goto("/billing");
  await expect(page.getByRole("definition").filter({ hasText: "SCALE" })).toBeVisible();
  const used = page
    .getByRole("table", { name: "Usage by meter" })
    .getByRole("row", { name: /^Mail sent/ })
    .getByRole("cell")
    .first();
  const before = Number(((await used.textContent()) ?? "").replaceAll(/\D/g, ""));
  expect(before).toBeGreaterThan(0);
  await expect(page.getByText("There is no forecast before a whole day has passed")).toBeVisible();
  await api.send(agent.key, agent.email, "Two");
  await expect(used).toHaveText((before + 1).toLocaleString("en"));

  const today = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format();
  const row = page.getByRole("table", { name: "Mail sent by day" }).getByRole("row", { name: today });
  await expect(row).toContainText((before + 1).toLocaleString("en"));

  // A month before the organisation was made has no page to go to; one that is none shows the current one.
  await expect(page.getByRole("button", { name: /^To / }).first()).toBeDisabled();
  await page.goto("/billing?month=never");
  await expect(used).toHaveText((before + 1).toLocaleString("en"));
  await page.goto("/billing?month=2025-01");
  await expect(page.getByRole("heading", { name: "Usage in January 2025" })).toBeVisible();
  // Every meter says so: the first is mail.
  await expect(page.getByText("none this month").first()).toBeVisible();
  await page.getByRole("link", { name: "To February 2025" }).click();
  await expect(page).toHaveURL(/month=2025-02/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Usage in January 2025" })).toBeVisible();
});
