import type { Page } from "@playwright/test";
import { type Anima, startAnima } from "./support/anima.ts";
import { Api, axe, test as base, expect, MASTER_KEY, openSession, secondWindow } from "./support/console.ts";
import { joinAsViewer } from "./support/people.ts";

// What a plan allows and includes concerns a whole organisation: these stories have one of their own.
const test = base.extend<object, { anima: Anima }>({
  anima: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const anima = await startAnima({
        INIT_ORG_NAME: "Ringing Ltd",
        INIT_MASTER_KEY: MASTER_KEY,
        INIT_TIER: "STARTER",
      });
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

const sheet = (page: Page) => page.getByRole("dialog", { name: "Get a number" });
const row = (page: Page, number: string) =>
  page.getByRole("table", { name: "Numbers" }).getByRole("row", { name: number });

async function buy(api: Api, agentId: string, areaCode: string): Promise<string> {
  const bought = await api.call("POST", "/v1/phone/provision", { agentId, areaCode });
  expect(bought.status).toBe(201);
  return ((await bought.json()) as { phoneNumber: string }).phoneNumber;
}

test("the first number is found by its digits, included in the plan; the second one says what it costs", async ({
  signedIn: page,
  api,
}) => {
  const agent = await api.agent("Parcel desk");
  await page.goto(`/agents/${agent.id}`);
  const sms = page.getByRole("listitem").filter({ hasText: "Send SMS" });
  await expect(sms).toContainText("PHONE_NOT_PROVISIONED");
  await sms.getByRole("link", { name: "Get it a number" }).click();

  await expect(page.getByText("No numbers yet")).toBeVisible();
  await expect(page.getByText("The carrier is the sandbox")).toBeVisible();
  await expect(sheet(page)).toContainText("Parcel desk");
  await sheet(page).getByLabel("Area code").fill("415");
  await sheet(page).getByLabel("Contains").fill("0342");
  await sheet(page).getByRole("button", { name: "Search" }).click();
  await sheet(page).getByRole("radio", { name: "+1 415 555 0342" }).check();
  await expect(sheet(page)).toContainText("+1 415 555 0342 for Parcel desk is included in the plan");
  expect(await axe(page, "[role=dialog]")).toEqual([]);
  await sheet(page).getByRole("button", { name: "Buy this number" }).click();
  await expect(sheet(page)).toBeHidden();
  await expect(row(page, "+1 415 555 0342")).toContainText("Parcel desk");
  await expect(row(page, "+1 415 555 0342")).toContainText("included");

  await page.getByRole("button", { name: "Get a number" }).click();
  await sheet(page).getByRole("button", { name: "Parcel desk" }).click();
  await sheet(page).getByRole("radio").nth(1).check();
  await expect(sheet(page)).toContainText("costs $2.00 a month: this month at once");
  await sheet(page).getByRole("button", { name: "Buy this number" }).click();
  await expect(sheet(page)).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: "second" })).toContainText("$2.00");

  await page.goto(`/agents/${agent.id}`);
  await expect(page.getByRole("listitem").filter({ hasText: "Send SMS" })).toContainText("Nothing stands in the way");
});

test("an agent is created with a number, which says before what it costs", async ({ signedIn: page, api }) => {
  await api.agent("Not the first");
  await page.goto("/agents?create=1");
  const create = page.getByRole("dialog", { name: "Create agent" });
  await create.getByLabel("Name").fill("Front desk");
  await create.getByLabel("Calls and texts").check();
  await expect(create).toContainText(/One more number (costs \$2\.00|is included)/);
  expect(await axe(page, "[role=dialog]")).toEqual([]);
  await create.getByRole("button", { name: "Create agent" }).click();
  const made = page.getByRole("dialog", { name: "Front desk is ready" });
  await expect(made).toContainText("Its number is being bought");
  await made.getByRole("link", { name: "Open the agent" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Send SMS" })).toContainText("Nothing stands in the way");
});

test("a number is released once it was typed, after the page has said what stops, in every open browser", async ({
  signedIn: page,
  api,
  context,
}) => {
  const agent = await api.agent("Released");
  const number = await buy(api, agent.id, "305");
  const shown = number.replace(/^\+1(\d{3})(\d{3})/, "+1 $1 $2 ");
  const second = await context.newPage();
  for (const each of [page, second]) await each.goto(`/numbers?search=${encodeURIComponent(number)}`);
  await expect(row(second, shown)).toBeVisible();
  await page.getByRole("button", { name: `Actions for ${shown}` }).click();
  await page.getByRole("menuitem", { name: "Release…" }).click();
  const question = page.getByRole("dialog", { name: `Release ${shown}?` });
  await expect(question).toContainText("Released can no longer call or text");
  const release = question.getByRole("button", { name: "Release number" });
  await question.getByLabel(`Type ${shown} to confirm`).fill("+1 305 555");
  await expect(release).toBeDisabled();
  await question.getByLabel(`Type ${shown} to confirm`).fill(number);
  await release.click();
  for (const each of [page, second]) await expect(row(each, shown)).toHaveCount(0);
});

test("the palette leads from some digits to the number, and from a whole number to its conversations", async ({
  signedIn: page,
  api,
}) => {
  const agent = await api.agent("Found by digits");
  const number = await buy(api, agent.id, "646");
  await page.goto("/overview");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder("Page, agent, id").fill("646 555");
  await page.getByRole("option", { name: /\+1 646 555/ }).click();
  await expect(page).toHaveURL(`/numbers?search=${encodeURIComponent(number)}`);
  await expect(page.getByRole("table", { name: "Numbers" }).getByRole("row")).toHaveCount(2);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder("Page, agent, id").fill("(212) 555-0110");
  await page.getByRole("option", { name: /Texts with/ }).click();
  await expect(page).toHaveURL(/\/texts\?number=/);
  await expect(page.getByText("Nothing found")).toBeVisible();
});

test.describe("refusals", () => {
  test.use({ refusalsExpected: true });

  test("a plan that allows no more refuses in place, with its code and what helps; nothing is bought", async ({
    browser,
  }) => {
    const free = await startAnima({ INIT_ORG_NAME: "Free Ltd", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "FREE" });
    const api = new Api(free.url);
    const agent = await api.agent("Only one");
    await buy(api, agent.id, "415");
    const page = await secondWindow(browser, await openSession(free.url));
    await page.goto(`/numbers?buy=${agent.id}`);
    await sheet(page).getByRole("radio").first().check();
    await sheet(page).getByRole("button", { name: "Buy this number" }).click();
    await expect(sheet(page).getByRole("alert")).toContainText("PAYMENT_REQUIRED");
    await expect(sheet(page).getByRole("link", { name: "See what the plans allow" })).toBeVisible();
    const { items } = (await (await api.call("GET", "/v1/phone/numbers")).json()) as { items: unknown[] };
    expect(items).toHaveLength(1);
    await page.context().close();
    await free.stop();
  });

  test("a viewer sees numbers and texts, and can change neither", async ({ signedIn: owner, browser, anima, api }) => {
    const agent = await api.agent("Looked at");
    const number = await buy(api, agent.id, "917");
    await api.call("POST", "/v1/sandbox/inbound-sms", { from: "+19175550110", to: number, body: "Anybody there?" });
    const page = await joinAsViewer(owner, browser, anima);
    await page.goto(`/numbers?search=${encodeURIComponent(number)}`);
    await expect(page.getByRole("button", { name: "Get a number" })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: /^Actions for/ }).click();
    await expect(page.getByRole("menuitem", { name: "Release…" })).toHaveAttribute("aria-disabled", "true");
    await page.goto("/texts");
    await page.getByRole("link", { name: "+1 917 555 0110" }).click();
    await expect(page.getByRole("log", { name: "Texts" })).toContainText("Anybody there?");
    for (const name of ["Write", "Send", "Check every gate"]) {
      await expect(page.getByRole("button", { name, exact: true })).toHaveAttribute("aria-disabled", "true");
    }
    const { status } = await page.request
      .post("/api/trpc/numbers.release", { data: { phoneNumber: number } })
      .then(async (answer) => ({ status: answer.status() }));
    expect(status).toBe(403);
    await page.context().close();
  });
});
