import type { Page } from "@playwright/test";
import { type Anima, startAnima } from "./support/anima.ts";
import { type Api, axe, test as base, expect, MASTER_KEY, openSession } from "./support/console.ts";
import { callAndHear, lastNoon } from "./support/northwind-compliance.ts";

type Caller = { id: string; key: string; number: string };

// A server of their own: these stories move its clock, and invite somebody.
const test = base.extend<{ caller: Caller }, { anima: Anima }>({
  anima: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const anima = await startAnima({ INIT_ORG_NAME: "Lawful Ltd", INIT_MASTER_KEY: MASTER_KEY, INIT_TIER: "SCALE" });
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  /** An agent with a telephone number, at noon in New York. */
  caller: async ({ api, anima }, use) => {
    await api.call("PUT", "/v1/sandbox/clock", { now: lastNoon(new Date()).toISOString() });
    const agent = await api.agent(`Caller ${Math.random().toString(36).slice(2)}`);
    const bought = await api.call("POST", "/v1/phone/provision", { agentId: agent.id, areaCode: "212" });
    const { phoneNumber } = (await bought.json()) as { phoneNumber: string };
    await use({ ...agent, number: phoneNumber });
    await api.call("PUT", "/v1/sandbox/clock", { now: null });
    expect(anima.output()).not.toContain('"level":50');
  },
});

// The browser logs each refusal that is tried here.
test.use({ refusalsExpected: true });

const open = async (page: Page, tab: string) => {
  await page.goto(`/compliance?tab=${tab}`);
};

async function json<Body>(response: Promise<Response>): Promise<Body> {
  return (await response).json() as Promise<Body>;
}

test("a consent is recorded, found, revoked, and says how", async ({ signedIn: page, api }) => {
  await open(page, "consents");
  await expect(page.getByText("No consent is on record")).toBeVisible();
  await page.getByRole("button", { name: "Record a consent" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet).toBeVisible();
  expect(await axe(page, "[role=dialog]")).toEqual([]);
  await sheet.getByLabel("Number").fill("12");
  await sheet.getByLabel("Source").selectOption("prior-express-written");
  await sheet.getByLabel("Evidence").fill("Contract 7, clause 3");
  await sheet.getByLabel("Where they are").selectOption("Hawaii");
  await sheet.getByRole("button", { name: "Record consent" }).click();
  await expect(sheet.getByText("must be a telephone number with its country")).toBeVisible();
  await sheet.getByLabel("Number").fill("(415) 555-0142");
  await sheet.getByRole("button", { name: "Record consent" }).click();
  await expect(sheet).toBeHidden();
  const row = page.getByRole("row", { name: /\+14155550142/ });
  await expect(row).toContainText("Contract 7, clause 3");
  const { items: locations } = await json<{ items: object[] }>(api.call("GET", "/v1/phone/locations"));
  expect(locations).toMatchObject([{ phoneNumber: "+14155550142", state: "HI" }]);
  await api.call("POST", "/v1/consents", { phoneNumber: "+14155550143", source: "opt-in:web-form", evidence: "Form" });
  await expect(page.getByRole("row", { name: /\+14155550143/ }), "what others record shows by itself").toBeVisible();

  await page.getByLabel("Find a whole number").fill("415 555");
  await expect(page.getByRole("status").filter({ hasText: "Numbers are compared whole" })).toBeVisible();
  await page.getByLabel("Find a whole number").fill("not 1234567 a number");
  await expect(page.getByRole("status").filter({ hasText: "must be a telephone number" })).toBeVisible();
  await page.getByLabel("Find a whole number").fill("415 555 0142");
  await expect(page).toHaveURL(/number=415/);
  await expect(page.getByRole("row", { name: /\+14155550143/ })).toBeHidden();

  await row.getByRole("button", { name: "+14155550142" }).click();
  await expect(sheet.getByText("A revocation beats whatever an agent asserts")).toBeVisible();
  await sheet.getByLabel("How it was taken back").fill("by letter");
  await sheet.getByRole("button", { name: "Revoke consent" }).click();
  await expect(sheet).toBeHidden();
  await expect(row).toContainText("revoked");
  await expect(row).toContainText("by letter");
  const { items } = await json<{ items: { revokedBy: string }[] }>(
    api.call("GET", "/v1/consents?phoneNumber=%2B14155550142"),
  );
  expect(items).toMatchObject([{ revokedBy: "by letter" }]);
});

test("the do-not-call list takes a number, gives it back, and takes a file wholly or not at all", async ({
  signedIn: page,
  api,
}) => {
  await open(page, "do-not-call");
  await page.getByRole("button", { name: "Add a number" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Number").fill("+14155550110");
  await dialog.getByLabel("Reason").fill("asked by mail");
  await dialog.getByRole("button", { name: "Add to the list" }).click();
  const row = page.getByRole("row", { name: /\+14155550110/ });
  await expect(row).toContainText("asked by mail");
  await row.getByRole("button", { name: "Take +14155550110 off" }).click();
  await expect(dialog).toContainText("Agents may call and text it again");
  await dialog.getByRole("button", { name: "Take it off" }).click();
  await expect(page.getByText("Nobody is on the list")).toBeVisible();

  const numbers = Array.from({ length: 60_000 }, (_, index) => `+1${2_012_000_000 + index * 7}`);
  const importFile = async (text: string) => {
    await dialog
      .getByLabel("File")
      .setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
  };
  await page.getByRole("button", { name: "Import CSV" }).click();
  await importFile(`phone_number\n${numbers.slice(0, 3).join("\n")}\nnobody\n${numbers.slice(3).join("\n")}\n`);
  await expect(dialog.getByRole("list", { name: "Lines at fault" })).toHaveText('line 5: "nobody" is no number.');
  await expect(dialog.getByRole("alert")).toContainText("VALIDATION_ERROR");
  expect(await axe(page, "[role=dialog]")).toEqual([]);
  expect((await json<{ items: [] }>(api.call("GET", "/v1/phone/dnc"))).items).toEqual([]);

  await importFile(numbers.join("\n"));
  await expect(dialog.getByRole("status")).toContainText("60,000 are new on the list");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("row", { name: /\+12012000000/ })).toBeVisible();

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const stream = await (await saved).createReadStream();
  const lines = Buffer.concat(await Array.fromAsync(stream))
    .toString()
    .trimEnd()
    .split("\r\n");
  expect(lines.slice(1, -1).map((line) => line.split(",")[0])).toEqual(numbers);
  await expect(page.getByText("Saved, complete: 60,000 numbers.")).toBeVisible();
});

test("a viewer sees the page, and every door is closed", async ({ anima, browser, api }) => {
  const invited = await json<{ link: string }>(
    fetch(`${anima.url}/api/trpc/members.invite`, {
      method: "POST",
      headers: await cookieOf(anima.url),
      body: JSON.stringify({ email: "viewer@people.test", role: "VIEWER" }),
    }).then(async (answer) => Response.json((await answer.json()).result.data)),
  );
  await api.call("POST", "/v1/phone/dnc", { phoneNumber: "+14155550119" });
  const context = await browser.newContext({ baseURL: anima.url });
  const page = await context.newPage();
  await page.goto(invited.link);
  await page.getByLabel("Your name").fill("Vera Viewer");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Set a password" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);

  await page.goto("/compliance?tab=do-not-call&number=%2B14155550119");
  await expect(page.getByRole("row", { name: /\+14155550119/ })).toBeVisible();
  const add = page.getByRole("button", { name: "Add a number" });
  await expect(add).toHaveAttribute("aria-disabled", "true");
  await expect(add).toHaveAccessibleDescription(/Your role is viewer/);
  const statuses = await page.evaluate(async () => {
    const post = async (path: string, type: string, body: string) =>
      (await fetch(path, { method: "POST", headers: { "content-type": type }, body })).status;
    return [
      await post("/api/trpc/compliance.removeDoNotCall", "application/json", '{"phoneNumber":"+14155550119"}'),
      await post("/api/trpc/compliance.setClock", "application/json", '{"frozen":true}'),
      await post("/api/import/do-not-call", "text/csv", "+14155550118"),
    ];
  });
  expect(statuses).toEqual([403, 403, 403]);
  await context.close();
});

async function cookieOf(url: string): Promise<Record<string, string>> {
  const { name, value } = await openSession(url);
  return { cookie: `${name}=${value}`, "content-type": "application/json", origin: url };
}

test("who texts STOP is listed with the chain, and what was heard in a call or a text is acted on once", async ({
  signedIn: page,
  api,
  anima,
  caller,
}) => {
  await api.call("POST", "/v1/sandbox/inbound-sms", { from: "+14155550151", to: caller.number, body: "Stop." });
  for (const [to, words] of [
    ["+12125550142", "Please stop calling me."],
    ["+16465550142", "Take me off your list!"],
    ["+19175550142", "Don't call me before nine."],
  ] as const) {
    await callAndHear(anima.url, api, caller.key, to, words);
  }
  const plea = { from: "+14155550152", to: caller.number, body: "Please stop texting me" };
  await api.call("POST", "/v1/sandbox/inbound-sms", plea);
  await open(page, "opt-outs");
  const row = page.getByRole("row", { name: /\+14155550151/ });
  await expect(row).toContainText("Stop.");
  await expect(row).toContainText(caller.number);

  const heard = page.getByRole("region", { name: "Heard in calls and texts" });
  await expect(heard.getByRole("listitem")).toHaveCount(4);
  expect(await axe(page)).toEqual([]);
  await heard.getByRole("button", { name: "Put on the do-not-call list: +12125550142" }).click();
  await expect(heard.getByText("Please stop calling me.")).toBeHidden();
  await heard.getByRole("button", { name: "Revoke consent of +16465550142" }).click();
  await expect(heard.getByText("Take me off your list!")).toBeHidden();
  await heard.getByRole("button", { name: "Dismiss what +19175550142 said" }).click();
  await heard.getByRole("link", { name: "Conversation with +14155550152" }).click();
  await expect(page.getByText("They may want to be left alone: “Please stop texting me”")).toBeVisible();
  await page.getByRole("link", { name: "somebody decides what it means" }).click();
  await heard.getByRole("button", { name: "Put on the do-not-call list: +14155550152" }).click();
  await expect(heard.getByRole("listitem")).toHaveCount(0);
  const list = await json<{ items: { reason: string }[] }>(api.call("GET", "/v1/phone/dnc?phoneNumber=%2B12125550142"));
  expect(list.items).toMatchObject([{ reason: "said in a call: Please stop calling me." }]);
  const written = await json<{ items: { reason: string }[] }>(
    api.call("GET", "/v1/phone/dnc?phoneNumber=%2B14155550152"),
  );
  expect(written.items).toMatchObject([{ reason: "written in a text: Please stop texting me" }]);
  const again = await callAgain(anima.url, caller.key, "+16465550142");
  expect(again.code).toBe("CONSENT_REQUIRED");

  await row.getByRole("link", { name: "Chain of +14155550151" }).click();
  await expect(page).toHaveURL(/\/audit\?correlation=/);
  await page.goBack();
  await row.getByRole("button", { name: "Lift the opt-out of +14155550151" }).click();
  await expect(page.getByRole("dialog")).toContainText("This person said stop");
  await page.getByRole("dialog").getByRole("button", { name: "Lift the opt-out" }).click();
  await expect(page.getByText("Nobody has said stop")).toBeVisible();
});

const callAgain = async (url: string, key: string, to: string) => {
  const body = JSON.stringify({ to, tier: "basic", metadata: { consent_source: "customer-initiated" } });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return json<{ code: string }>(fetch(`${url}/v1/voice/calls`, { method: "POST", headers, body }));
};

test("at eight in New York the map shows the east open and Hawaii asleep, as the table does", async ({
  signedIn: page,
}) => {
  await page.goto("/compliance?tab=hours&at=2026-11-24T13:00:00.000Z");
  const map = page.getByRole("list", { name: "Map of the states" });
  await expect(map.getByRole("button")).toHaveCount(56);
  await expect(map.getByRole("button", { name: "New York: open until 21:00" })).toBeVisible();
  await expect(map.getByRole("button", { name: "Connecticut: opens at 09:00" })).toBeVisible();
  await expect(map.getByRole("button", { name: "Florida: open in part, the next zone from 08:00" })).toBeVisible();
  await map.getByRole("button", { name: "Hawaii: opens at 08:00" }).click();
  const detail = page.getByRole("region", { name: "Hawaii" });
  await expect(detail).toContainText("Tue 03:00");
  await expect(detail).toContainText("47 U.S.C. 227");
  expect(await axe(page)).toEqual([]);

  await page.getByRole("button", { name: "Table" }).click();
  const table = page.getByRole("table", { name: "Calling hours by state" });
  await expect(table.getByRole("row", { name: /^Hawaii/ })).toContainText("opens at 08:00");
  await page.goBack();
  await expect(map).toBeVisible();
  await expect(page).toHaveURL(/state=HI/);
  await page.getByRole("button", { name: "Now" }).click();
  await expect(page).not.toHaveURL(/at=2026/);
});

test("the organisation's own hours narrow the map, and a window that ends before it begins is refused", async ({
  signedIn: page,
  api,
}) => {
  await page.goto("/compliance?tab=hours&at=2026-11-24T13:00:00.000Z");
  await page.getByLabel("Tuesday", { exact: true }).selectOption("Only between");
  await page.getByLabel("Tuesday from").fill("10:00");
  await page.getByLabel("Tuesday to").fill("09:00");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("Tuesday must end after it begins.")).toBeVisible();
  await page.getByLabel("Tuesday to").fill("24:00");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("button", { name: "New York: opens at 10:00" })).toBeVisible();
  expect(await json(api.call("GET", "/v1/phone/rules"))).toMatchObject({
    hours: { tuesday: { from: "10:00", to: "24:00" } },
    callsPerDay: 3,
  });
  await page.getByLabel("Tuesday", { exact: true }).selectOption("As the law says");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("button", { name: "New York: open until 21:00" })).toBeVisible();
});

test("a refusal is counted by its gate and shows the facts that every gate looked at", async ({
  signedIn: page,
  anima,
  caller,
}) => {
  await open(page, "refusals");
  const refused = await fetch(`${anima.url}/v1/voice/calls`, {
    method: "POST",
    headers: { authorization: `Bearer ${caller.key}`, "content-type": "application/json" },
    body: JSON.stringify({ to: "+12125550177", tier: "basic" }),
  });
  expect(refused.status).toBe(403);
  const row = page.getByRole("table", { name: "Refusals", exact: true }).getByRole("row", { name: /\+12125550177/ });
  await expect(row, "by the live stream").toContainText("CONSENT_REQUIRED");
  const counted = page.getByRole("table", { name: "Refusals by gate" }).getByRole("row", { name: /^Consent/ });
  await expect(counted).toContainText(/[1-9]/);
  await row.getByRole("button", { name: "Consent" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("listitem").filter({ hasText: /^Consent/ })).toContainText("refusesdecided");
  await expect(sheet.getByRole("listitem")).toHaveCount(7);
  expect(await axe(page, "[role=dialog]")).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByLabel("Channel").selectOption("Texts");
  await expect(row).toBeHidden();
  await page.goBack();
  await expect(row).toBeVisible();
});

test("the sandbox's clock is frozen and moved, which every page says until it is real again", async ({
  signedIn: page,
  api,
}) => {
  await open(page, "clock");
  await expect(page.getByText("This moves the time of the whole server")).toBeVisible();
  const banner = page.getByRole("status", { name: "Sandbox clock" });
  await expect(banner).toHaveText("");
  await page.getByRole("button", { name: "Freeze it now" }).click();
  await expect(banner).toContainText("it stands still at");
  const first = await clockOf(api);
  expect(await clockOf(api)).toEqual(expect.objectContaining({ now: first.now, frozen: true }));
  await page.goto("/agents");
  await expect(banner).toContainText("The server's clock is not the real one");
  await banner.getByRole("link", { name: "Set it" }).click();
  await page.getByRole("button", { name: "Back to the real time" }).click();
  await expect(banner).toHaveText("");
  expect(await clockOf(api)).toMatchObject({ frozen: false });

  const evening = new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 16);
  await page.getByLabel("To", { exact: true }).fill(evening);
  // What is typed stays while somebody else sets the clock.
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  await api.call("PUT", "/v1/sandbox/clock", { now: soon, frozen: true });
  await expect(banner).toContainText("it stands still at");
  await expect(page.getByLabel("To", { exact: true })).toHaveValue(new RegExp(`^${evening}`));
  await page.getByRole("button", { name: "Set the clock" }).click();
  await expect(banner).toContainText("it shows");
  await page.getByRole("button", { name: "Back to the real time" }).click();
  await expect(banner).toHaveText("");
});

const clockOf = (api: Api) => json<{ now: string; frozen: boolean }>(api.call("GET", "/v1/sandbox/clock"));
