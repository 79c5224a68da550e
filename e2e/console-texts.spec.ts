import type { Page } from "@playwright/test";
import { type Anima, startAnima } from "./support/anima.ts";
import { Api, axe, test as base, expect, MASTER_KEY } from "./support/console.ts";

type Texting = { id: string; name: string; number: string };

const test = base.extend<{ desk: Texting }, { anima: Anima }>({
  // At ten in the morning in California, whatever the time is: else nobody might be texted.
  anima: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const anima = await startAnima({ INIT_ORG_NAME: "Texting Ltd", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "SCALE" });
      const now = new Date();
      now.setUTCHours(18, 0, 0, 0);
      const set = await new Api(anima.url).call("PUT", "/v1/sandbox/clock", { now: now.toISOString() });
      expect(set.status).toBe(200);
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  desk: async ({ api }, use) => {
    const name = "Parcel desk";
    const agent = await api.agent(name);
    const bought = await api.call("POST", "/v1/phone/provision", { agentId: agent.id, areaCode: "415" });
    expect(bought.status).toBe(201);
    await use({ id: agent.id, name, number: ((await bought.json()) as { phoneNumber: string }).phoneNumber });
  },
});

const texts = (page: Page) => page.getByRole("log", { name: "Texts" });
const form = (page: Page, name: string) => page.getByRole("form", { name });
const asked = /asked to be called/;

/** Chooses by what right the number is texted. */
async function consent(page: Page, name: string): Promise<void> {
  const select = form(page, name).getByLabel("By what right");
  await select.selectOption("customer-initiated");
}

/** Writes a first text to a number, after which its conversation is open. */
async function write(page: Page, desk: Texting, to: string, body: string): Promise<void> {
  await page.goto(`/texts?compose=new&agent=${desk.id}`);
  const fresh = form(page, "New text");
  await fresh.getByLabel("To", { exact: true }).fill(to);
  await fresh.getByLabel("Text", { exact: true }).fill(body);
  await consent(page, "New text");
  await fresh.getByRole("button", { name: "Send" }).click();
}

test("what the gates said of one number does not stand beside another", async ({ signedIn: page, desk }) => {
  await page.goto(`/texts?compose=new&agent=${desk.id}`);
  const fresh = form(page, "New text");
  await fresh.getByLabel("To", { exact: true }).fill("+1 415 555 0111");
  await fresh.getByLabel("Text", { exact: true }).fill("Hello");
  await fresh.getByRole("button", { name: "Check every gate" }).click();
  await expect(fresh.getByText("Nothing was sent.")).toBeVisible();
  await fresh.getByLabel("To", { exact: true }).fill("+1 415 555 0112");
  await expect(fresh.getByText("Nothing was sent.")).toBeHidden();
});

test("a text is counted in segments as it is written, sent, and its delivery shows by itself", async ({
  signedIn: page,
  desk,
}) => {
  await page.goto(`/texts?agent=${desk.id}`);
  await page.getByRole("button", { name: "Write" }).click();
  const fresh = form(page, "New text");
  await expect(fresh.getByLabel("From")).toContainText(desk.name);
  const body = fresh.getByLabel("Text", { exact: true });
  await body.fill("a".repeat(80));
  await expect(fresh).toContainText("GSM-7: 1 segment, 80 left");
  await body.fill(`${"a".repeat(80)}🚚`);
  await expect(fresh).toContainText("UCS-2: 2 segments");
  await expect(fresh).toContainText("included in the plan");
  await body.fill("Your parcel 🚚 comes today");
  await fresh.getByLabel("To", { exact: true }).fill("(415) 555-0101");
  await consent(page, "New text");
  await fresh.getByRole("button", { name: "Send" }).click();

  await expect(texts(page)).toContainText("Your parcel 🚚 comes today");
  await expect(texts(page)).toContainText("Delivered");
  await expect(page.getByRole("list", { name: "Conversations" })).toContainText("+1 415 555 0101");
  expect(await axe(page)).toEqual([]);
  await texts(page).getByRole("link", { name: "Chain" }).click();
  await expect(page).toHaveURL(/\/audit\?correlation=/);
  await page.goBack();
  await expect(texts(page)).toContainText("Delivered");
});

test("what a carrier cannot deliver says why, in the conversation and in the list", async ({
  signedIn: page,
  desk,
}) => {
  await write(page, desk, "+14155550156", "Is anybody there?");
  await expect(texts(page)).toContainText("it cannot be delivered to this number undeliverable");
  const row = page.getByRole("list", { name: "Conversations" }).getByRole("listitem");
  await expect(row.filter({ hasText: "+1 415 555 0156" })).toContainText("Failed");
});

test.describe("refusals", () => {
  test.use({ refusalsExpected: true });

  test("a STOP shows at once, the next text is refused in place by its gate, and the opt-out is lifted on request", async ({
    signedIn: page,
    desk,
  }) => {
    await write(page, desk, "+14155550157", "Your order is ready");
    await expect(page.getByText("Opted out:")).toBeVisible();
    await expect(texts(page)).toContainText("STOP");
    await expect(texts(page)).toContainText("automatic answer to STOP");
    await expect(page.getByRole("list", { name: "Conversations" }).getByText("opted out")).toBeVisible();

    const reply = form(page, "Reply");
    await reply.getByLabel("Text", { exact: true }).fill("Are you sure?");
    await consent(page, "Reply");
    await reply.getByRole("button", { name: "Send" }).click();
    await expect(reply.getByRole("alert")).toContainText("The person said stop");
    await expect(reply.getByRole("alert").getByRole("link", { name: "DO_NOT_CALL" })).toBeVisible();
    await expect(reply).toContainText("Refused by the gate Do not call");
    await expect(reply.getByLabel("Text", { exact: true })).toHaveValue("Are you sure?");

    await page.getByRole("button", { name: "Lift…" }).click();
    const question = page.getByRole("dialog", { name: /^Lift the opt-out/ });
    await expect(question).toContainText("Only where the person has told you");
    await question.getByRole("button", { name: "Lift the opt-out" }).click();
    await expect(page.getByText("Opted out:")).toBeHidden();
  });

  test("a check says what every gate says; hours that are over say when they begin again", async ({
    signedIn: page,
    api,
    desk,
  }) => {
    await page.goto(`/texts?compose=new&agent=${desk.id}`);
    const fresh = form(page, "New text");
    await fresh.getByLabel("To", { exact: true }).fill("+14155550105");
    await fresh.getByLabel("Text", { exact: true }).fill("Good morning");
    await fresh.getByRole("button", { name: "Check every gate" }).click();
    const gates = fresh.getByRole("region", { name: "What the gates say" });
    await expect(gates).toContainText("1 of 7 gates refuses it.");
    await expect(gates.getByRole("listitem").filter({ hasText: "CONSENT_REQUIRED" })).toContainText("refuses");
    await consent(page, "New text");
    await fresh.getByRole("button", { name: "Check every gate" }).click();
    await expect(gates).toContainText("All 7 gates let it through.");
    await expect(gates).toContainText("Nothing was sent.");

    const { now } = (await (await api.call("GET", "/v1/sandbox/clock")).json()) as { now: string };
    const night = new Date(Date.parse(now) + 11.5 * 3_600_000).toISOString();
    await api.call("PUT", "/v1/sandbox/clock", { now: night });
    await fresh.getByRole("button", { name: "Send" }).click();
    await expect(fresh.getByRole("alert")).toContainText("OUTSIDE_CALLING_HOURS");
    await expect(fresh).toContainText(/Refused by the gate Calling hours\. It lets it through/);
    await api.call("PUT", "/v1/sandbox/clock", { now });
  });
});

test("in the sandbox the other side is played: somebody writes first, then STOP, then START", async ({
  signedIn: page,
  desk,
}) => {
  await page.goto(`/texts?agent=${desk.id}`);
  await page.getByRole("button", { name: "Play a text in" }).click();
  const sheet = page.getByRole("dialog", { name: "Play a text in" });
  await sheet.getByLabel("From").fill("+1 415 555 0120");
  await sheet.getByLabel("To").selectOption(desk.number);
  await sheet.getByLabel("Text").fill("Where is my parcel?");
  await sheet.getByRole("button", { name: "Send as them" }).click();
  await page.getByRole("link", { name: "+1 415 555 0120" }).click();
  await expect(texts(page)).toContainText("Where is my parcel?");
  // They wrote first: that is what an answer rests on.
  await expect(form(page, "Reply").getByLabel("By what right").locator("option:checked")).toContainText(asked);

  const other = form(page, "Play the other side");
  await other.getByRole("button", { name: "STOP" }).click();
  await expect(page.getByText("Opted out:")).toBeVisible();
  await other.getByRole("button", { name: "START" }).click();
  await expect(page.getByText("Opted out:")).toBeHidden();
});

test("conversations are found by words and by a number, and Back takes each step back", async ({
  signedIn: page,
  api,
  desk,
}) => {
  for (const [from, body] of [
    ["+14155550130", "The blue sofa is late"],
    ["+14155550131", "The green chair is here"],
  ]) {
    await api.call("POST", "/v1/sandbox/inbound-sms", { from, to: desk.number, body });
  }
  const rows = page.getByRole("list", { name: "Conversations" }).getByRole("listitem");
  await page.goto(`/texts?agent=${desk.id}`);
  await expect(rows).toHaveCount(2);
  const search = page.getByRole("searchbox", { name: "Search words or a number" });
  await search.fill("sofa");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("+1 415 555 0130");
  await search.fill("(415) 555-0131");
  await expect(rows).toContainText("The green chair is here");
  await expect(page).toHaveURL(/number=/);
  await page.goBack();
  await expect(rows).toContainText("The blue sofa is late");
  await page.goBack();
  await expect(rows).toHaveCount(2);
});
