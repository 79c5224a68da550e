import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { Api, axe, expect, LONG_PAGES, secondWindow, test, textOf } from "./support/console.ts";

type Told = { asker: { id: string; key: string }; helper: { id: string } };

/**
 * A chain over the public API: an agent mails a colleague, who answers; then the first is paused, and refused.
 * Eight events under one id: queued, received, sent; queued, received (the answer), sent; paused; refused.
 */
async function tellStory(api: Api, url: string, correlationId: string): Promise<Told> {
  const asker = await api.agent(`Asker ${correlationId}`);
  const helper = await api.agent(`Helper ${correlationId}`);
  await api.send(asker.key, helper.email, "Where is my parcel?", correlationId);
  const helping = new Api(url, helper.key);
  const mail = await eventually(async () => (await itemsOf(helping, "/v1/messages?direction=INBOUND"))[0]);
  await helping.call("POST", `/v1/email/${mail.id}/reply`, { body: "On its way" });
  // Both mails have arrived and both deliveries are on the log.
  await eventually(async () => (await eventsOf(api, correlationId)).length === 6 || undefined);
  await api.call("PATCH", `/v1/agents/${asker.id}`, { status: "PAUSED" }, correlationId);
  await api.send(asker.key, helper.email, "Hello?", correlationId);
  return { asker, helper };
}

async function itemsOf(api: Api, path: string): Promise<{ id: string }[]> {
  return ((await (await api.call("GET", path)).json()) as { items: { id: string }[] }).items;
}

function eventsOf(api: Api, correlationId: string) {
  return itemsOf(api, `/v1/audit/events?correlation_id=${encodeURIComponent(correlationId)}&limit=100`);
}

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  let found: T | undefined;
  await expect(async () => {
    found = await ask();
    expect(found).toBeDefined();
  }).toPass();
  return found as T;
}

const chainOf = (page: Page) => page.getByRole("region", { name: "Chain" });
const graphOf = (page: Page) => chainOf(page).getByRole("group", { name: "Chain as a graph" });
const panelOf = (page: Page, event: string) => chainOf(page).getByRole("region", { name: event, exact: true });

/** What a screen reader says of the focused event. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

test.describe("a conversation that ends in a refusal", () => {
  test("is walked by keyboard along time, lanes, cause and effect", async ({ signedIn: page, api, anima }) => {
    await tellStory(api, anima.url, "walk");
    await page.goto("/audit?correlation=walk");
    const graph = graphOf(page);
    await expect(graph.getByRole("button")).toHaveCount(8);
    await expect(graph).toHaveAccessibleDescription(/by time.*by lane.*to the cause.*to the first effect/);

    // One stop for Tab, at the first event.
    await chainOf(page).getByRole("button", { name: "Export as JSON Lines" }).focus();
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("1 of 8: email.queued, email out, Asker walk, 3 effects");

    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toMatch(/^2 of 8: email\.(received|sent), .*caused by email\.queued, \d/);
    await page.keyboard.press("p");
    expect(await focused(page)).toMatch(/^1 of 8/);
    await page.keyboard.press("c");
    expect(await focused(page)).toMatch(/^2 of 8/);
    await page.keyboard.press("End");
    expect(await focused(page)).toMatch(/^8 of 8: email\.refused, refused: AGENT_PAUSED, email out, Asker walk/);
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toMatch(/^7 of 8: agent\.paused, agent/);
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).toMatch(/^(6|8) of 8: email/);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    expect(await focused(page)).toMatch(/^1 of 8/);

    // Enter opens; walking on takes the panel along; Back closes it.
    await page.keyboard.press("Enter");
    await expect(panelOf(page, "email.queued")).toBeVisible();
    await page.keyboard.press("End");
    await expect(panelOf(page, "email.refused")).toContainText("AGENT_PAUSED");
    await expect(page).toHaveURL(/&event=\w{26}$/);
    await page.goBack();
    await expect(page).toHaveURL("/audit?correlation=walk");
    await expect(panelOf(page, "email.refused")).toBeHidden();

    // Escape closes, too, and the focus stays where it was.
    await graph.getByRole("button", { name: /^8 of 8/ }).press("Enter");
    await expect(panelOf(page, "email.refused")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(panelOf(page, "email.refused")).toBeHidden();
    expect(await focused(page)).toMatch(/^8 of 8/);
  });

  test("shows the answer as an answer, and the refusal with what refused", async ({ signedIn: page, api, anima }) => {
    const { asker } = await tellStory(api, anima.url, "facts");
    await page.goto("/audit?correlation=facts");
    await expect(chainOf(page)).toContainText("8, 1 refused");
    const answer = graphOf(page).getByRole("button", { name: /answers email\.queued/ });
    await expect(answer).toHaveAccessibleName(/email\.received, email in, Asker facts, answers email\.queued/);

    await answer.click();
    const panel = panelOf(page, "email.received");
    await expect(panel.getByText("Answers")).toBeVisible();
    await expect(panel.getByRole("link", { name: "Asker facts" })).toHaveAttribute("href", `/agents/${asker.id}`);
    await panel.getByRole("link", { name: "email.queued" }).click();
    const cause = panelOf(page, "email.queued");
    await expect(cause.getByText("Its 3 effects")).toBeVisible();
    await expect(cause.getByRole("heading", { level: 2 })).toBeFocused();
    await expect(graphOf(page).getByRole("button", { expanded: true })).toHaveAccessibleName(/^1 of 8/);
    await cause.getByRole("button", { name: "Close the event" }).click();
    await expect(page).toHaveURL("/audit?correlation=facts");
  });

  test("shows a record exactly as it was hashed", async ({ signedIn: page, api, anima, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await tellStory(api, anima.url, "hash");
    await page.goto("/audit?correlation=hash");
    await graphOf(page)
      .getByRole("button", { name: /^1 of 8/ })
      .click();
    const panel = panelOf(page, "email.queued");
    await panel.getByRole("button", { name: "raw", exact: true }).click();
    await expect(page).toHaveURL(/&record=raw/);
    const sha256 = (...parts: (string | Buffer)[]) => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest("hex");
    };

    const record = await textOf(panel.getByRole("region", { name: "Record", exact: true }));
    const digest = async (name: string) => textOf(panel.locator("dt", { hasText: name }).locator("+ dd code"));
    expect(sha256(Buffer.of(0), record)).toBe(await digest("Leaf hash"));
    await expect(panel.getByText("SHA-256 of 0x00 and the raw record, computed again in this browser")).toBeVisible();

    const personal = await textOf(panel.getByRole("region", { name: "Personal data" }));
    expect(personal).toContain("Where is my parcel?");
    expect(sha256(Buffer.from(await digest("Salt"), "hex"), personal)).toBe(await digest("In record"));
    expect(JSON.parse(record).private).toBe(await digest("In record"));

    await panel.getByRole("button", { name: "Copy raw record" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(record);
    await panel.getByRole("button", { name: "pretty" }).click();
    await expect(panel.getByRole("region", { name: "Record", exact: true })).toContainText('  "event": "email.queued"');
  });

  test("a copied link opens the same event in the same form", async ({
    signedIn: page,
    api,
    anima,
    context,
    browser,
    session,
  }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await tellStory(api, anima.url, "link/&?");
    await page.goto(`/audit?correlation=${encodeURIComponent("link/&?")}&view=list`);
    await page.getByRole("button", { name: /^Details of email\.refused/ }).click();
    await expect(panelOf(page, "email.refused")).toBeVisible();
    await page.getByRole("button", { name: "Copy link" }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());

    const other = await secondWindow(browser, session);
    // The open event is in the first HTML, record and all.
    expect((await (await other.goto(link))?.text()) ?? "").toContain("Leaf hash");
    await expect(panelOf(other, "email.refused")).toBeVisible();
    await expect(other.getByRole("button", { name: "List" })).toHaveAttribute("aria-pressed", "true");
    await other.context().close();
  });

  test("grows while it is open, in every window, each event once", async ({
    signedIn: page,
    api,
    browser,
    session,
  }) => {
    const agent = await api.agent("Live chain");
    await api.send(agent.key, "kim@example.com", "First", "growing");
    const other = await secondWindow(browser, session);
    await page.goto("/audit?correlation=growing");
    await other.goto("/audit?correlation=growing&view=list");
    await expect(graphOf(page).getByRole("button")).toHaveCount(1);
    for (const window of [page, other]) await expect(chainOf(window)).toContainText("New events appear as they happen");

    await api.send(agent.key, "kim@example.com", "Second", "growing");
    await api.send(agent.key, "kim@example.com", "Of another chain", "not-growing");
    await api.send(agent.key, "kim@example.com", "Third", "growing");
    await expect(graphOf(page).getByRole("button")).toHaveCount(3);
    await expect(graphOf(page).getByRole("button", { name: /^3 of 3/ })).toBeVisible();
    const entries = other.getByRole("list", { name: "Events of the chain" }).getByRole("listitem");
    await expect(entries).toHaveCount(3);
    await expect(entries.last()).toContainText("Third");
    await expect(chainOf(page).getByText(/^New event: /)).toHaveText(
      "New event: email.queued, 2 since the page is open",
    );
    await other.context().close();
  });
});

test.describe("on a small screen", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a chain is a list with all the facts, also in the first HTML", async ({ signedIn: page, api, anima }) => {
    await tellStory(api, anima.url, "small");
    const html = (await (await page.goto("/audit?correlation=small"))?.text()) ?? "";
    expect(html).toContain('<ol aria-label="Events of the chain"');
    expect(html).toContain("Where is my parcel?");
    await expect(graphOf(page)).toBeHidden();
    const entries = page.getByRole("list", { name: "Events of the chain" }).locator("> li");
    await expect(entries).toHaveCount(8);
    const answer = entries.filter({ hasText: "answers" });
    await expect(answer).toContainText("email.received");
    await expect(answer).toContainText(/answers email\.queued after \d/);
    await expect(entries.filter({ hasText: "caused by" })).toHaveCount(4);
    await expect(entries.last()).toContainText("AGENT_PAUSED");
    await expect(entries.last()).toContainText("refused");

    await entries
      .last()
      .getByRole("button", { name: /^Details/ })
      .click();
    await expect(panelOf(page, "email.refused")).toContainText("Leaf hash");
    const overflows = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(overflows).toBe(false);

    await page.getByRole("button", { name: "Graph" }).click();
    await expect(page).toHaveURL(/&view=graph/);
    await expect(graphOf(page)).toBeVisible();
    await page.goBack();
    await expect(graphOf(page)).toBeHidden();
  });
});

test.describe("a chain of many events", () => {
  test.describe.configure(LONG_PAGES);

  /** So many mails under one correlation id. */
  async function sendMany(api: Api, correlationId: string, count: number): Promise<void> {
    const agent = await api.agent(`Busy ${correlationId}`);
    for (let sent = 0; sent < count; sent += 50) {
      const batch = Array.from({ length: Math.min(50, count - sent) }, (_, index) =>
        api.send(agent.key, "kim@example.com", `Mail ${sent + index}`, correlationId),
      );
      for (const { status } of await Promise.all(batch)) expect(status).toBe(201);
    }
  }

  /** Milliseconds from an act, with all data there, until what it draws is painted. */
  async function timeToPaint(act: Locator, nodes: number): Promise<number> {
    return act.evaluate(async (element, wanted) => {
      const frame = () => new Promise(requestAnimationFrame);
      performance.mark("act");
      (element as HTMLElement).click();
      while (document.querySelectorAll("[data-event]").length < wanted) await frame();
      // The frame in which the nodes stand has been painted when the task after it runs.
      await frame();
      await new Promise((resolve) => setTimeout(resolve));
      return performance.measure("act to paint", "act").duration;
    }, nodes);
  }

  const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

  test("of 500 is drawn in less than 200 ms, and zoomed to a sight of all", async ({ signedIn: page, api }) => {
    test.slow();
    await sendMany(api, "five-hundred", 500);
    await page.goto("/audit?correlation=five-hundred");
    await expect(chainOf(page)).toContainText("New events appear as they happen");
    await expect(graphOf(page).getByRole("button", { name: /^1 of 500/ })).toBeVisible();
    const [list, graph, fit, larger] = ["List", "Graph", "Fit the whole chain", "Zoom in"].map((name) =>
      chainOf(page).getByRole("button", { name, exact: true }),
    ) as [Locator, Locator, Locator, Locator];

    const [opened, fitted]: number[][] = [[], []];
    for (let round = 0; round < 5; round++) {
      await list.click();
      await expect(graphOf(page)).toBeHidden();
      opened?.push(await timeToPaint(graph, 1));
      fitted?.push(await timeToPaint(fit, 500));
    }
    console.log(
      `500 events: graph opened in ${median(opened ?? []).toFixed(0)} ms, all of them drawn in ${median(fitted ?? []).toFixed(0)} ms`,
    );

    // All is seen without scrolling, until it is zoomed; the keyboard reaches what is not drawn yet.
    const scrolls = () => graphOf(page).evaluate((element) => element.scrollWidth > element.clientWidth + 1);
    expect(await scrolls()).toBe(false);
    await larger.click();
    expect(await scrolls()).toBe(true);
    await graphOf(page)
      .getByRole("button", { name: /^1 of 500/ })
      .focus();
    for (let step = 0; step < 12; step++) await page.keyboard.press("+");
    await page.keyboard.press("End");
    expect(await focused(page)).toMatch(/^500 of 500/);
    await expect(graphOf(page).getByRole("button", { name: /^500 of 500/ })).toBeInViewport();
  });

  test("of more than 2,000 says so, and its list goes on", async ({ signedIn: page, api }) => {
    test.slow();
    await sendMany(api, "two-thousand", 2_010);
    await page.goto("/audit?correlation=two-thousand");
    await expect(chainOf(page)).toContainText("more than 2,000 events; the first 2,000 are shown");
    const exported = page.waitForEvent("download");
    await chainOf(page).getByRole("button", { name: "Export as JSON Lines" }).click();
    const lines = (await readFile(await (await exported).path(), "utf8")).trimEnd().split("\n");
    const events = lines.map((line) => JSON.parse(line));
    expect(events.pop()).toEqual({ complete: true, events: 2_010 });
    expect(new Set(events.map(({ correlationId }) => correlationId))).toEqual(new Set(["two-thousand"]));
    expect(events.every(({ seq }, index) => index === 0 || seq > events[index - 1].seq)).toBe(true);
    await chainOf(page).getByRole("button", { name: "The list goes on from there." }).click();
    // Not by role, nor by what `expect` looks at again and again: both work out the names of all that stands in 2,000
    // entries, and the page gets no turn meanwhile.
    const says = (text: string) =>
      page.waitForFunction((wanted) => document.querySelector("main")?.textContent?.includes(wanted), text, {
        polling: 250,
      });
    await page.locator("button", { hasText: "Show later ones" }).click();
    await says("Mail 2009");
    await says("New events appear as they happen");
    expect(await page.locator("button", { hasText: "Show later ones" }).count()).toBe(0);
  });
});

test.describe("an event that a link names", () => {
  test.use({ refusalsExpected: true });

  test("and that is not in the chain, is said to be missing", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Missing");
    await api.send(agent.key, "kim@example.com", "There", "missing");
    await page.goto("/audit?correlation=missing&event=01ARZ3NDEKTSV4RRFFQ69G5FAV");
    await expect(chainOf(page)).toContainText("01ARZ3NDEKTSV4RRFFQ69G5FAV is not among the events of this chain");
    await expect(graphOf(page).getByRole("button")).toHaveCount(1);
  });
});

for (const view of ["graph", "list"] as const) {
  test(`axe finds nothing in the ${view} with an event open`, async ({ signedIn: page, api, anima }) => {
    const chain = `axe-${view}`;
    await tellStory(api, anima.url, chain);
    await page.goto(`/audit?correlation=${chain}&view=${view}`);
    const last = view === "graph" ? /^8 of 8/ : /^Details of email\.refused/;
    await page.getByRole("button", { name: last }).click();
    await expect(page.getByText("computed again in this browser").first()).toBeVisible();
    expect(await axe(page)).toEqual([]);
  });
}
