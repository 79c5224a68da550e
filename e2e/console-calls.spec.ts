import type { Page } from "@playwright/test";
import { startAnima } from "./support/anima.ts";
import { Api, axe, test as base, expect, MASTER_KEY, secondWindow } from "./support/console.ts";
import { type MailHost, startMailHost } from "./support/mail-host.ts";
import { invite, join, linkIn, mailTo } from "./support/people.ts";
import { accepted, atNoon, CONSENT, giveNumber, takeCall } from "./support/phone.ts";

/** A server whose clock says noon, so that everybody may be called, and that mails invitations. */
const test = base.extend<object, { host: MailHost }>({
  host: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const host = await startMailHost();
      await use(host);
      await host.close();
    },
    { scope: "worker" },
  ],
  anima: [
    async ({ host }, use) => {
      const anima = await startAnima({
        INIT_ORG_NAME: "Acme Robotics",
        INIT_MASTER_KEY: MASTER_KEY,
        INIT_TIER: "SCALE",
        SMTP_RELAY_URL: host.url,
      });
      await atNoon(new Api(anima.url));
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

let lines = 0;

/** Somebody in New York who answers after three seconds; each test calls somebody else. */
const somebody = () => `+121255501${String(lines++).padStart(2, "0")}`;

async function callingAgent(api: Api, name: string) {
  const agent = await api.agent(name);
  return { ...agent, number: await giveNumber(api, agent.id) };
}

/** Calls as the agent's code does. @returns the call's id */
async function call(url: string, key: string, to: string, greeting = "Hello, this is Acme."): Promise<string> {
  const order = { to, greeting, ...CONSENT };
  const { callId } = await accepted<{ callId: string }>(new Api(url, key).call("POST", "/v1/voice/calls", order));
  return callId;
}

const rowOf = (page: Page, person: string) => page.getByRole("row").filter({ hasText: person });
const stateOf = (page: Page) => page.getByRole("status", { name: "State of the call" });
const said = (page: Page) => page.getByRole("list", { name: "Transcript" }).getByRole("listitem");

async function hangUp(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Hang up", exact: true }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("The line goes dead at once");
  expect(await axe(page)).toEqual([]);
  await question.getByRole("button", { name: "Hang up" }).click();
}

test("a call appears by itself, is followed word by word in two browsers, and is hung up", async ({
  signedIn: page,
  browser,
  session,
  anima,
  api,
}) => {
  const agent = await callingAgent(api, "Dispatch");
  await page.goto(`/calls?agent=${agent.id}`);
  await expect(page.getByText("No call fits")).toBeVisible();
  const person = somebody();
  await call(anima.url, agent.key, person);
  await expect(rowOf(page, person)).toContainText("in progress");
  await expect(page.getByRole("status").filter({ hasText: "1 call runs." })).toBeVisible();
  await expect(rowOf(page, person)).toContainText(/0:0[1-9]/);

  await rowOf(page, person).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Call to ${person}`);
  await expect(said(page).first()).toContainText("Hello, this is Acme.");
  const second = await secondWindow(browser, session);
  await second.goto(page.url());
  await expect(said(second)).toHaveCount(1);

  await page.getByLabel("Say as the person").fill("Where is my parcel?");
  await page.getByRole("button", { name: "Say", exact: true }).click();
  for (const each of [page, second]) await expect(said(each).last()).toContainText("Where is my parcel?");
  await expect(page.getByLabel("Say as the person")).toHaveValue("");

  await hangUp(page);
  for (const each of [page, second]) {
    await expect(stateOf(each)).toContainText("completed");
    await expect(stateOf(each)).toContainText("we hung up");
    await expect(each.getByRole("button", { name: "Hang up", exact: true })).toHaveCount(0);
    await expect(each.getByRole("region", { name: "Summary" })).toContainText("Where is my parcel?");
  }
  const steps = page.getByRole("list", { name: "Timeline" }).getByRole("listitem");
  await expect(steps).toContainText(["Accepted", "Rings", "Answered", "Ended"]);
  await expect(page.getByRole("region", { name: "Facts" })).toContainText("customer-initiated");

  await page.getByRole("link", { name: /^corr_/ }).click();
  await expect(page).toHaveURL(/\/audit\?correlation=corr_/);
  await second.context().close();
});

test("a call is checked before it is placed: every gate says what it looked at, and nothing is dialled", async ({
  signedIn: page,
  api,
}) => {
  const agent = await callingAgent(api, "Sales");
  await page.goto("/calls?place=1");
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Agent and number").selectOption({ label: `Sales, ${agent.number}` });
  await sheet.getByLabel("To", { exact: true }).fill(somebody());
  await sheet.getByLabel("Greeting").fill("Hello, this is Sales.");
  await sheet.getByRole("button", { name: "Check first" }).click();
  const verdicts = sheet.getByRole("region", { name: "What the gates say" });
  await expect(verdicts).toContainText("1 of 7 gates refuses it.");
  await expect(verdicts.getByRole("listitem")).toHaveCount(7);
  const consent = verdicts.getByRole("listitem").filter({ hasText: /^Consent/ });
  await expect(consent.getByRole("link")).toHaveText("CONSENT_REQUIRED");
  await consent.getByText("What it looked at").click();
  await expect(consent).toContainText("asserted");
  expect(await axe(page)).toEqual([]);

  await sheet.getByLabel("Why they may be called").selectOption("customer-initiated");
  await expect(verdicts).toHaveCount(0);
  await sheet.getByRole("button", { name: "Check first" }).click();
  await expect(verdicts).toContainText("All 7 gates let it through.");
  const { calls } = await accepted<{ calls: unknown[] }>(api.call("GET", `/v1/voice/calls?agentId=${agent.id}`));
  expect(calls).toEqual([]);

  await sheet.getByRole("button", { name: "Call now" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Call to/);
  await expect(said(page).first()).toContainText("Hello, this is Sales.");
  await page.getByRole("button", { name: "Hang up as the person" }).click();
  await expect(stateOf(page)).toContainText("they hung up");
});

test.describe("a refused call", () => {
  test.use({ refusalsExpected: true });

  test("says which code refused it, and the form stays as it was", async ({ signedIn: page, api }) => {
    const agent = await callingAgent(api, "Refused");
    await page.goto("/calls?place=1");
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Agent and number").selectOption({ label: `Refused, ${agent.number}` });
    await sheet.getByLabel("To", { exact: true }).fill(somebody());
    await sheet.getByRole("button", { name: "Call now" }).click();
    await expect(sheet.getByRole("alert")).toContainText("CONSENT_REQUIRED");
    await expect(sheet.getByRole("alert")).toContainText("req_");
    await expect(sheet.getByLabel("To", { exact: true })).toHaveValue(/^\+1212/);
  });

  test("a viewer hears what is said, sees no hang-up, and is refused", async ({
    signedIn: owner,
    browser,
    anima,
    api,
    host,
  }) => {
    await invite(owner, "vic@people.test", "Viewer");
    const context = await browser.newContext({ baseURL: anima.url });
    const viewer = await join(context, linkIn(await mailTo(host, "vic@people.test")), "Vic");
    const agent = await callingAgent(api, "Overheard");
    const talk = await takeCall(
      { url: anima.url, api },
      { key: agent.key, from: "+13055550101", to: agent.number, greeting: "Acme, hello?" },
    );
    await viewer.goto(`/calls/${talk.callId}`);
    await expect(said(viewer)).toContainText(["Acme, hello?"]);
    await expect(viewer.getByRole("button", { name: "Hang up", exact: true })).toHaveCount(0);
    await expect(viewer.getByRole("button", { name: "Say" })).toHaveAttribute("aria-disabled", "true");
    const answer = await viewer.evaluate(async (callId) => {
      const response = await fetch("/api/trpc/calls.hangUp", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ callId }),
      });
      return [response.status, (await response.json()).error.data.error.code];
    }, talk.callId);
    expect(answer).toEqual([403, "FORBIDDEN"]);
    await expect(stateOf(viewer)).toContainText("in progress");
    talk.agent.send({ type: "call.hangup", callId: talk.callId });
    await expect(stateOf(viewer)).toContainText("completed");
    talk.agent.close();
    await context.close();
  });
});

test("calls are found by number, by what was said, by state and by id, and Back leads out again", async ({
  signedIn: page,
  anima,
  api,
}) => {
  const agent = await callingAgent(api, "Archive");
  const [busy, talker] = ["+16465550151", somebody()];
  await call(anima.url, agent.key, busy);
  const id = await call(anima.url, agent.key, talker, "About the turquoise umbrella.");
  await page.goto(`/calls?agent=${agent.id}`);
  await expect(rowOf(page, busy)).toContainText("busy");
  await expect(rowOf(page, talker)).toContainText("in progress");

  await page.getByLabel("State").selectOption("Busy");
  await expect(rowOf(page, talker)).toHaveCount(0);
  await expect(rowOf(page, busy)).toBeVisible();
  await page.goBack();
  await expect(rowOf(page, talker)).toBeVisible();

  const search = page.getByRole("searchbox", { name: "A number, or what was said" });
  await search.fill("(646) 555-0151");
  await expect(rowOf(page, talker)).toHaveCount(0);
  await expect(rowOf(page, busy)).toBeVisible();
  // Words are found once they have been said.
  await expect(async () => {
    const transcript = api.call("GET", `/v1/voice/calls/${id}/transcript`);
    const { segments } = await accepted<{ segments: { isFinal: boolean }[] }>(transcript);
    expect(segments).toMatchObject([{ isFinal: true }]);
  }).toPass();
  await search.fill("turquoise umbrella");
  const found = page.getByRole("list", { name: "Calls with these words" }).getByRole("listitem");
  await expect(found).toHaveCount(1);
  await expect(found).toContainText("About the turquoise umbrella.");
  expect(await axe(page)).toEqual([]);

  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").fill(id);
  await page.getByRole("option", { name: /^Open call/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Call to ${talker}`);
});

test("somebody calls one of our numbers by the sandbox, and it rings in the list", async ({ signedIn: page, api }) => {
  const agent = await callingAgent(api, "Reception");
  await page.goto(`/calls?agent=${agent.id}`);
  await page.getByText("Sandbox: call one of your numbers").click();
  const form = page.getByRole("form", { name: "Call one of your numbers" });
  await expect(page.getByRole("table", { name: "What the numbers of the sandbox do" })).toContainText("Busy.");
  await form.getByLabel("Who calls").fill("+13055550133");
  await form.getByLabel("Which number rings").selectOption({ label: `Reception, ${agent.number}` });
  await form.getByRole("button", { name: "Let it ring" }).click();
  await expect(rowOf(page, "+13055550133")).toContainText("ringing");
  expect(await axe(page)).toEqual([]);
});

test("the overview counts a call as it is placed", async ({ signedIn: page, anima, api }) => {
  const agent = await callingAgent(api, "Counted");
  // An organisation that has sent no mail yet is shown how to begin instead.
  await api.send(agent.key, agent.email, "Hello");
  const month = page.getByRole("region", { name: "This month" });
  await expect(async () => {
    await page.goto("/overview");
    await expect(month).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const calls = month.getByRole("listitem").filter({ has: page.getByText("Calls", { exact: true }) });
  const used = async () => Number(/Calls(\d+)/.exec((await calls.textContent()) ?? "")?.[1]);
  const before = await used();
  await call(anima.url, agent.key, somebody());
  await expect.poll(used).toBe(before + 1);
});
