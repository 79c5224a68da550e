import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { Api, expect, liveState, MASTER_KEY, secondWindow, test } from "./support/console.ts";
import { type FilledAnima, startOnOpenDatabase } from "./support/log.ts";

/** The numbers of the events that a page shows, from the top. */
const numbers = (page: Page) =>
  page
    .getByRole("table", { name: "Events" })
    .locator("tr[data-seq]")
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.seq)));

/** Those of the rows that are in view. */
const inView = (page: Page) =>
  list(page).evaluate((scroller) => {
    const { top, bottom } = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll<HTMLElement>("tr[data-seq]")];
    return rows
      .filter((row) => row.getBoundingClientRect().top >= top && row.getBoundingClientRect().bottom <= bottom)
      .map((row) => Number(row.dataset.seq));
  });

const list = (page: Page) => page.getByRole("region", { name: "Events" });
const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const live = (page: Page) => expect(liveState(page)).toHaveText("live");

const newest = async (api: Api) => {
  const { items } = (await (await api.call("GET", "/v1/audit/events?limit=1")).json()) as { items: { seq: number }[] };
  return items[0]?.seq ?? -1;
};

/** `count` numbers down from `first`. */
const down = (first: number, count: number) => Array.from({ length: count }, (_, index) => first - index);

test("an agent is called by its name, however many came after it, and after it was deleted", async ({
  signedIn: page,
  api,
}) => {
  const [old, gone] = [await api.agent("Long here"), await api.agent("Once here")];
  await api.send(old.key, "kim@example.com", "Of an old agent");
  await api.send(gone.key, "kim@example.com", "Of one that is gone");
  await api.call("DELETE", `/v1/agents/${gone.id}`);
  for (let newer = 0; newer < 100; newer += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => api.agent(`Newer ${newer + index}`)));
  }
  await page.goto("/audit?channel=email");
  await expect(row(page, "Of an old agent").first()).toContainText("Long here");
  await expect(row(page, "Of one that is gone").first()).toContainText("Once here (deleted)");
  await page.goto(`/texts?agent=${old.id}`);
  await expect(page.getByRole("button", { name: "Long here" })).toBeVisible();
});

test.describe("live, in every tab", () => {
  test("tabs share one connection, and when the one that holds it closes, another goes on", async ({
    signedIn: page,
    context,
    api,
  }) => {
    const connections: string[] = [];
    context.on("request", (request) => {
      if (request.url().includes("/api/live")) connections.push(request.url());
    });
    const agent = await api.agent("Shared");
    await page.goto("/live");
    await live(page);
    const second = await context.newPage();
    await second.goto("/live");
    const third = await context.newPage();
    await third.goto("/audit");
    await live(second);
    await api.send(agent.key, "kim@example.com", "Seen by both");
    for (const tab of [page, second]) await expect(row(tab, "Seen by both")).toBeVisible();
    await expect(third.getByRole("button", { name: /Show \d+ newer/ })).toBeVisible();
    expect(connections).toHaveLength(1);

    await page.close();
    await api.send(agent.key, "kim@example.com", "After the first has closed");
    await expect(row(second, "After the first has closed")).toHaveCount(1);
    await live(second);
    expect(connections).toHaveLength(2);
  });

  test("what one person does is seen by another at once", async ({ signedIn: page, browser, session }) => {
    const elsewhere = await secondWindow(browser, session);
    await elsewhere.goto("/live?name=agent.created");
    await live(elsewhere);
    await page.goto("/agents");
    await page.getByRole("button", { name: "Create agent" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("Made elsewhere");
    await page.getByRole("dialog").getByRole("button", { name: "Create agent" }).click();
    await expect(row(elsewhere, "Made elsewhere").or(row(elsewhere, "agent.created")).first()).toBeVisible();
    await elsewhere.context().close();
  });
});

test.describe("live, on one page", () => {
  test("filters stand in the address, hold for what is there and what arrives, and Back takes them away", async ({
    signedIn: page,
    api,
  }) => {
    const [one, two] = [await api.agent("Filter one"), await api.agent("Filter two")];
    await api.send(one.key, "kim@example.com", "From one, before");
    await api.send(two.key, "kim@example.com", "From two, before");
    await page.goto("/live");
    await live(page);
    await page.getByRole("button", { name: "Any agent" }).click();
    await page.getByPlaceholder("Part of a name").fill("filter o");
    await page.getByRole("option", { name: /Filter one/ }).click();
    await expect(page).toHaveURL(`/live?agent=${one.id}`);
    await page.getByLabel("Channel").selectOption("email");
    await expect(page).toHaveURL(`/live?agent=${one.id}&channel=email`);
    await expect(row(page, "From one, before")).toBeVisible();
    await api.send(two.key, "kim@example.com", "From two, after");
    await api.send(one.key, "kim@example.com", "From one, after");
    await expect(row(page, "From one, after")).toBeVisible();
    await expect(row(page, "From two")).toHaveCount(0);

    // A link leads to the same.
    await page.reload();
    await expect(row(page, "From one, after")).toBeVisible();
    await expect(row(page, "From two")).toHaveCount(0);
    await page.goBack();
    await page.goBack();
    await expect(page).toHaveURL("/live");
    await expect(row(page, "From two, after")).toBeVisible();

    await page.getByLabel("Event", { exact: true }).fill("agent.created");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/live?name=agent.created");
    await expect(row(page, "agent.created").first()).toBeVisible();
    await expect(row(page, "email.queued")).toHaveCount(0);
    await page.getByLabel("Result").selectOption("DENIED");
    await expect(page.getByText("Nothing fits these filters yet")).toBeVisible();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(row(page, "From two, after")).toBeVisible();
  });

  test("paused, what arrives is counted and waits; the newest are one step away", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Interrupted");
    await page.goto(`/live?agent=${agent.id}&name=email.queued`);
    await live(page);
    await expect(page.getByText("Nothing fits these filters yet")).toBeVisible();
    await api.send(agent.key, "kim@example.com", "First");
    await expect(row(page, "First")).toBeVisible();
    await page.getByRole("button", { name: "Pause" }).click();
    for (const subject of ["Second", "Third"]) await api.send(agent.key, "kim@example.com", subject);
    await expect(page.getByRole("button", { name: "Jump to newest" })).toContainText("2 new");
    await expect(row(page, "Second")).toHaveCount(0);
    await page.getByRole("button", { name: "Follow" }).click();
    await expect(row(page, "Third")).toBeVisible();
    await expect(page.getByRole("button", { name: "Jump to newest" })).toBeHidden();

    await page.getByRole("button", { name: "Pause" }).click();
    await api.send(agent.key, "kim@example.com", "Fourth");
    await page.getByRole("button", { name: "Jump to newest" }).click();
    await expect(row(page, "Fourth")).toBeVisible();
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  });

  test("whoever has the focus on a row walks by arrow keys, and nothing moves meanwhile", async ({
    signedIn: page,
    api,
  }) => {
    const agent = await api.agent("By keyboard");
    for (const subject of ["One", "Two", "Three"])
      await api.send(agent.key, "kim@example.com", subject, `walk-${subject}`);
    await page.goto(`/live?agent=${agent.id}&name=email.queued`);
    await live(page);
    await expect(row(page, "Three")).toBeVisible();
    await list(page).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await api.send(agent.key, "kim@example.com", "Four");
    await expect(page.getByRole("button", { name: "Jump to newest" })).toContainText("1 new");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/correlation=walk-Two/);
  });
});

test.describe("a log of many events", () => {
  let anima: FilledAnima;
  let api: Api;
  test.beforeAll(async () => {
    test.setTimeout(120_000);
    anima = await startOnOpenDatabase();
    api = new Api(anima.url);
    await anima.fill(3_000);
  });
  test.afterAll(() => anima.stop());

  async function signIn(page: Page): Promise<void> {
    await page.goto(`${anima.url}/sign-in`);
    await page.getByLabel("Master key").fill(MASTER_KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).not.toHaveURL(/sign-in/);
  }

  test.describe("whose server restarts", () => {
    test.use({ refusalsExpected: true });

    test("is shown on without a gap and without a double, in every tab", async ({ page, context }) => {
      test.slow();
      const agent = await api.agent("Restart");
      await signIn(page);
      const second = await context.newPage();
      const tabs = [page, second];
      for (const tab of tabs) {
        await tab.goto(`${anima.url}/live`);
        await live(tab);
      }
      await api.send(agent.key, "kim@example.com", "Before the restart");
      const restarted = anima.restart();
      for (const tab of tabs) await expect(liveState(tab)).toHaveText("reconnecting");
      await restarted;
      for (let n = 0; n < 5; n++) await api.send(agent.key, "kim@example.com", `After the restart ${n}`);
      const top = await newest(api);
      for (const tab of tabs) {
        await live(tab);
        await expect.poll(async () => (await numbers(tab)).slice(0, 20)).toEqual(down(top, 20));
      }
    });
  });

  test("scrolls on into the past, and nothing moves under whoever reads there", async ({ page }) => {
    await signIn(page);
    await page.goto(`${anima.url}/live`);
    await live(page);
    const [top = 0] = await numbers(page);
    await expect(async () => {
      await list(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      expect((await numbers(page)).at(-1)).toBeLessThan(top - 400);
    }).toPass();
    const read = await inView(page);
    expect(read.length).toBeGreaterThan(5);
    const offset = () => list(page).evaluate((element) => element.scrollTop);
    const before = await offset();
    await anima.fill(30);
    await expect(page.getByRole("button", { name: "Jump to newest" })).toContainText(/[3-9]\d new/);
    expect(await offset()).toBe(before);
    expect((await inView(page)).slice(0, read.length)).toEqual(read);
    await page.getByRole("button", { name: "Jump to newest" }).click();
    const end = await newest(api);
    await expect.poll(async () => (await numbers(page)).slice(0, 15)).toEqual(down(end, 15));
  });

  test("of which thousands pour in shows the newest, and has few rows in the page", async ({ page }) => {
    test.slow();
    await signIn(page);
    await page.goto(`${anima.url}/live`);
    await live(page);
    await page.evaluate(() => {
      const longest = { ms: 0 };
      Object.assign(window, { longest });
      new PerformanceObserver((tasks) => {
        for (const { duration } of tasks.getEntries()) longest.ms = Math.max(longest.ms, duration);
      }).observe({ type: "longtask" });
    });
    let isFilled = false;
    const filling = anima.fill(3_000).finally(() => {
      isFilled = true;
    });
    // By script: a wheel's turn is only done when the busy page has answered it, which may never come.
    const scroll = (pixels: number) => list(page).evaluate((element, by) => element.scrollBy(0, by), pixels);
    while (!isFilled) {
      await scroll(1_500);
      await scroll(-3_000);
    }
    await filling;
    const end = await newest(api);
    await expect(async () => {
      const jump = page.getByRole("button", { name: "Jump to newest" });
      // It goes by itself where the list is at the newest by then.
      if (await jump.isVisible()) await jump.click({ timeout: 1_000 });
      expect((await numbers(page))[0]).toBe(end);
    }).toPass();
    for (let screen = 0; screen < 30; screen++) await scroll(2_000);
    const longest = await page.evaluate(() => (window as unknown as { longest: { ms: number } }).longest.ms);
    test.info().annotations.push({ type: "longest task", description: `${Math.round(longest)} ms` });
    expect(await page.getByRole("row").count()).toBeLessThan(100);
  });

  test("is searched by any combination, all of it in the address; Back returns", async ({ page }) => {
    await signIn(page);
    await page.goto(`${anima.url}/audit`);
    await page.getByLabel("Result").selectOption("DENIED");
    await expect(page).toHaveURL(/result=DENIED/);
    await expect(row(page, "key.access.refused").first()).toBeVisible();
    await expect(row(page, "email.sent")).toHaveCount(0);
    await page.getByLabel("Channel").selectOption("email");
    await expect(page.getByText("No event fits this search")).toBeVisible();
    await page.goBack();
    await expect(row(page, "key.access.refused").first()).toBeVisible();
    await expect(page.getByLabel("Channel")).toHaveValue("any");
    await page.getByRole("link", { name: "All events" }).click();

    await page.getByLabel("Request id").fill("req-777");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/request=req-777/);
    await expect(page.getByText(/^\d events?$/)).toBeVisible();
    await page.getByLabel("Request id").fill("");
    await page.getByLabel("Event", { exact: true }).fill("email.bounced");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\?name=email.bounced$/);
    await expect(row(page, "email.bounced").first()).toContainText("failure");

    // A range of time, as it is entered.
    await page.getByRole("button", { name: "The last 24 hours" }).click();
    await expect(page).toHaveURL(/after=/);
    await expect(page.getByLabel("After")).not.toHaveValue("");
    await page.getByLabel("Before").fill("2001-01-01T00:00:00");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/before=200[01]/);
    await expect(page.getByText("No event fits this search")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Before")).toHaveValue(/^2001-01-01T00:00/);
    await page.getByRole("button", { name: "All events" }).click();

    // On and on, to the first event of all.
    await expect(async () => {
      await list(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      expect((await numbers(page)).length).toBeGreaterThan(0);
      expect((await numbers(page))[0]).toBeLessThan((await newest(api)) - 500);
    }).toPass({ timeout: 30_000 });

    await page.getByLabel("Correlation id").fill("corr-33");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/\/audit\?correlation=corr-33$/);
    await expect(page.getByRole("region", { name: "Chain" })).toBeVisible();
    await page.goBack();
    await expect(list(page)).toBeVisible();
  });

  test("is found by Back where it was left", async ({ page }) => {
    await signIn(page);
    await page.goto(`${anima.url}/audit?channel=email`);
    await expect(async () => {
      await list(page).evaluate((element) => element.scrollTo({ top: 6_000 }));
      expect(await list(page).evaluate((element) => element.scrollTop)).toBe(6_000);
    }).toPass();
    // One in the middle, for which nothing has to be scrolled.
    const [first, , , , , middle] = await inView(page);
    await list(page).locator(`tr[data-seq="${middle}"] a`).click();
    await expect(page.getByRole("region", { name: "Chain" })).toBeVisible();
    await page.goBack();
    await expect.poll(async () => (await inView(page))[0]).toBe(first);
    await page.goto(`${anima.url}/audit`);
    expect(await list(page).evaluate((element) => element.scrollTop)).toBe(0);
  });

  test("exports exactly what the filter shows, and says how far it is", async ({ page }) => {
    test.slow();
    await signIn(page);
    await page.goto(`${anima.url}/audit?channel=email&result=FAILURE`);
    const listed: { seq: number; id: string }[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const more: string = cursor ? `&cursor=${cursor}` : "";
      const answer = await api.call("GET", `/v1/audit/events?channel=email&result=FAILURE&limit=100${more}`);
      const body = (await answer.json()) as { items: typeof listed; pagination: { nextCursor: string | null } };
      listed.push(...body.items);
      cursor = body.pagination.nextCursor;
    }
    expect(listed.length).toBeGreaterThan(10);
    const saved = async (name: string): Promise<[Download, string]> => {
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return [file, await readFile(await file.path(), "utf8")];
    };
    const [, lines] = await saved("Export as JSON Lines");
    const events = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.pop()).toEqual({ complete: true, events: listed.length });
    expect(events).toEqual(listed);
    await expect(page.getByText(`Saved, complete: ${listed.length} events.`)).toBeVisible();

    const [csv, text] = await saved("Export as CSV");
    expect(csv.suggestedFilename()).toMatch(/^events-[\dT-]+\.csv$/);
    const cells = text.trimEnd().split("\r\n").slice(1);
    expect(cells.pop()).toContain(`# complete: ${listed.length} events`);
    expect(cells.map((line) => Number(line.split(",")[0]))).toEqual(listed.map(({ seq }) => seq));
  });

  test.describe("whose export is cancelled", () => {
    test.use({ refusalsExpected: true });

    test("saves nothing", async ({ page }) => {
      test.setTimeout(180_000);
      await anima.fill(60_000);
      await signIn(page);
      await page.goto(`${anima.url}/audit`);
      const downloads: Download[] = [];
      page.on("download", (file) => downloads.push(file));
      await page.getByRole("button", { name: "Export as JSON Lines" }).click();
      await expect(page.getByText(/[\d,]+ events, \d+ % of the log/)).toBeVisible();
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect(page.getByRole("button", { name: "Export as CSV" })).toBeVisible();
      expect(downloads).toEqual([]);
    });
  });
});
