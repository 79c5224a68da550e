import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Client } from "pg";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { fillAgents } from "../bench/agent-pages/fill.ts";
import { type Anima, startAnima } from "./support/anima.ts";
import { Api, expect, LONG_PAGES, MASTER_KEY, secondWindow, test, textOf } from "./support/console.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Agents" }).locator("tbody tr:not([aria-hidden])");
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test.describe("the list of agents", () => {
  test("is searched, sorted and narrowed in the address bar, and Back goes back", async ({ signedIn: page, api }) => {
    for (const name of ["Zebra crossing", "Zebra ant", "Zebra bee"]) await api.agent(name);
    const paused = await api.agent("Zebra cat");
    await api.call("PATCH", `/v1/agents/${paused.id}`, { status: "PAUSED" });
    const names = () => rows(page).getByRole("link").allTextContents();

    await page.goto("/agents");
    await page.getByRole("searchbox").fill("zebra");
    await expect(page).toHaveURL("/agents?search=zebra");
    await expect.poll(names).toEqual(["Zebra cat", "Zebra bee", "Zebra ant", "Zebra crossing"]);
    await page.getByRole("button", { name: "Name" }).click();
    await expect(page).toHaveURL("/agents?search=zebra&sort=name&order=asc");
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
    await expect.poll(names).toEqual(["Zebra ant", "Zebra bee", "Zebra cat", "Zebra crossing"]);
    await page.getByLabel("Status").selectOption("paused");
    await expect.poll(names).toEqual(["Zebra cat"]);

    // A link says all of it: the first answer has the rows already.
    const html = await (await page.request.get(page.url())).text();
    expect(html).toContain("Zebra cat");
    expect(html).not.toContain("Zebra bee");

    await page.goBack();
    await expect.poll(names).toHaveLength(4);
    await page.goBack();
    await expect.poll(names).toEqual(["Zebra cat", "Zebra bee", "Zebra ant", "Zebra crossing"]);
    await page.goBack();
    await expect(page).toHaveURL("/agents");
    await expect(page.getByRole("searchbox")).toHaveValue("");

    await page.getByRole("searchbox").fill("no such agent");
    await expect(page.getByText("No agent fits")).toBeVisible();
    await page.getByRole("button", { name: "Show all agents" }).click();
    await expect(page).toHaveURL("/agents");
    await expect(row(page, "Zebra cat")).toBeVisible();
  });

  test("remembers which columns are shown, and draws the page without a jolt", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Columns");
    await page.goto("/agents");
    await expect(page.getByRole("columnheader", { name: "Agent id" })).toBeHidden();
    await page.getByRole("button", { name: "Columns", exact: true }).click();
    await page.getByRole("menuitemcheckbox", { name: "Agent id" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Created" }).click();
    await page.keyboard.press("Escape");
    await page.reload();
    await expect(page.getByRole("columnheader", { name: "Created" })).toBeHidden();
    await expect(row(page, "Columns")).toContainText(agent.id);
    await expect(page.getByRole("columnheader", { name: "Name" })).toBeVisible();
  });

  test("opens its sheet by address, and makes an agent whose key works", async ({ signedIn: page, api, anima }) => {
    await page.goto("/agents?create=1");
    const sheet = page.getByRole("dialog");
    await expect(sheet.getByLabel("Name")).toBeFocused();
    await sheet.getByLabel("Name").fill("By address");
    await page.keyboard.press("Enter");
    const key = await textOf(sheet.getByLabel("key", { exact: true }));
    expect((await new Api(anima.url, key).call("GET", "/v1/orgs/me")).status).toBe(200);
    await expect(sheet.getByLabel("command")).toContainText(`Bearer ${key}`);
    await sheet.getByRole("button", { name: "I have copied the key" }).click();
    await expect(page).toHaveURL("/agents");
    await expect(row(page, "By address")).toContainText("by-address@");
    expect((await api.call("GET", "/v1/agents?search=by-address")).status).toBe(200);
  });

  test("shows what another browser does, as it happens", async ({ signedIn: page, api, browser, session }) => {
    const first = await api.agent("Seen by two");
    await page.goto("/agents?sort=name&order=asc&search=seen");
    await expect(row(page, "Seen by two")).toContainText("active");
    const other = await secondWindow(browser, session);
    await other.goto(`/agents/${first.id}`);
    await other.getByRole("button", { name: "Pause" }).click();
    await other.getByRole("button", { name: "Pause agent" }).click();
    await expect(row(page, "Seen by two")).toContainText("paused");

    await other.goto("/agents?create=1");
    await other.getByRole("dialog").getByLabel("Name").fill("Seen at once");
    await other.keyboard.press("Enter");
    await expect(rows(page).first()).toContainText("Seen at once");
    // One that the filter does not want is not let in.
    await api.agent("Somebody else");
    await api.call("PATCH", `/v1/agents/${first.id}`, { name: "Seen twice" });
    await expect(row(page, "Seen twice")).toBeVisible();
    expect(await rows(page).count()).toBe(2);

    await page.goto(`/agents/${first.id}`);
    await api.call("DELETE", `/v1/agents/${first.id}`);
    await expect(page.getByText("This agent was deleted")).toBeVisible();
    await other.context().close();
  });

  test("pauses from a row at once, and takes it back", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Quick switch");
    await page.goto("/agents?search=quick+switch");
    await page.getByRole("button", { name: "Actions for Quick switch" }).click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await expect(row(page, "Quick switch")).toContainText("paused");
    await expect(page.getByText("Quick switch is paused")).toBeVisible();
    await expect.poll(async () => (await api.send(agent.key, "kim@example.com", "Stopped")).status).toBe(403);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(row(page, "Quick switch")).toContainText("active");
    await expect.poll(async () => (await api.send(agent.key, "kim@example.com", "Goes on")).status).toBe(201);
  });

  test.describe("whose write is refused", () => {
    test.use({ refusalsExpected: true });

    test("shows it at once, then how it was, and why", async ({ signedIn: page, api }) => {
      // Deaf to the log, as behind a proxy that holds streams back: the row still stands when its agent is gone.
      await page.route("**/api/live*", (route) => route.abort());
      const agent = await api.agent("Gone elsewhere");
      await page.goto("/agents?search=gone+elsewhere");
      await api.call("DELETE", `/v1/agents/${agent.id}`);
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route("**/api/trpc/agents.update*", async (route) => {
        await held;
        await route.continue();
      });
      await page.getByRole("button", { name: "Actions for Gone elsewhere" }).click();
      await page.getByRole("menuitem", { name: "Pause" }).click();
      await expect(row(page, "Gone elsewhere")).toContainText("paused");
      release();
      await expect(row(page, "Gone elsewhere")).toContainText("active");
      await expect(page.getByText("Gone elsewhere was not paused.")).toBeVisible();
      const alert = page.getByRole("alert").filter({ hasText: "There is no such agent." });
      await expect(alert.getByRole("link", { name: "NOT_FOUND" })).toBeVisible();
      await expect(alert.getByText(/^req_/)).toBeVisible();
    });
  });
});

test.describe("the page of an agent", () => {
  test("has its tabs in the address bar, and shows what happens while it is looked at", async ({
    signedIn: page,
    api,
  }) => {
    const agent = await api.agent("Tabbed");
    await page.goto(`/agents/${agent.id}`);
    await expect(page.getByRole("tab", { name: "Readiness" })).toHaveAttribute("aria-selected", "true");
    await expect(page.getByText("NO_RELAY")).toBeVisible();
    await page.getByRole("tab", { name: "Activity" }).click();
    await expect(page).toHaveURL(`/agents/${agent.id}?tab=activity`);
    await expect(row(page, "agent.created")).toBeVisible();
    await api.send(agent.key, "kim@example.com", "While it is looked at");
    await expect(row(page, "While it is looked at")).toHaveCount(1);
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("tab", { name: "Keys" })).toHaveAttribute("aria-selected", "true");
    await expect(row(page, "Agent key")).toBeVisible();
    await page.getByRole("tab", { name: "Policy" }).click();
    await expect(page.getByText("2,000 a second, 6,000 a minute")).toBeVisible();
    await page.goBack();
    await expect(row(page, "Agent key")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("tab", { name: "Keys" })).toHaveAttribute("aria-selected", "true");
  });

  test("says what a pause holds back and what a delete ends", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Counted");
    for (const n of [1, 2]) await api.send(agent.key, "kim@example.com", `Waits ${n}`);
    await page.goto(`/agents/${agent.id}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByRole("dialog")).toContainText("In the queue: 2 mails, which stay there");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    for (const text of ["1 key", "1 address", "2 messages", "2 mails"]) await expect(dialog).toContainText(text);
  });

  test("gives an address to an agent that has none", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Without address");
    await api.call("DELETE", `/v1/inboxes/${agent.email}`);
    await page.goto(`/agents/${agent.id}`);
    await expect(page.getByText("NO_INBOX").first()).toBeVisible();
    await page.getByRole("button", { name: "Give it an address" }).first().click();
    await expect(page.getByRole("button", { name: "Give it an address" })).toHaveCount(0);
    await expect(page.getByText(/^without-address.*@/)).toBeVisible();
    expect((await api.send(agent.key, "kim@example.com", "Sent from the new one")).status).toBe(201);
  });
});

test.describe("ten thousand agents", () => {
  test.describe.configure(LONG_PAGES);
  // A server of their own: so many agents need a larger plan, and a way past the API.
  const many = test.extend<object, { crowded: Anima }>({
    crowded: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
      async ({}, use) => {
        const folder = await mkdtemp(join(tmpdir(), "anima-e2e-"));
        await chmod(folder, 0o755);
        const postgres = await startEmbeddedPostgres({
          dataDir: join(folder, "data"),
          onProgress: () => {},
          settings: { fsync: "off" },
        });
        const anima = await startAnima({
          DATABASE_URL: postgres.url,
          INIT_ORG_NAME: "Crowded",
          INIT_MASTER_KEY: MASTER_KEY,
          INIT_TIER: "ENTERPRISE",
        });
        const client = new Client({ connectionString: postgres.url });
        await client.connect();
        const { rows: orgs } = await client.query<{ id: string }>("SELECT id FROM organization");
        await fillAgents(client, orgs[0]?.id ?? "", 10_600);
        await client.end();
        await use(anima);
        await anima.stop();
        await postgres.stop();
        await rm(folder, { recursive: true });
      },
      { scope: "worker", timeout: 120_000 },
    ],
  });

  many("are scrolled through with few of them in the page", async ({ page, crowded }) => {
    many.setTimeout(300_000);
    // A reload or Back scrolls before any script of the page has run.
    await page.addInitScript(() =>
      document.addEventListener("DOMContentLoaded", () => window.scrollTo(0, document.documentElement.scrollHeight)),
    );
    await page.goto(`${crowded.url}/sign-in?to=${encodeURIComponent("/agents?sort=name&order=asc")}`);
    await page.getByLabel("Master key").fill(MASTER_KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(rows(page).first()).toBeVisible();

    // Down to the end, nearly a screen in every frame: pages are read on the way. Then again, with all of them there.
    await page.evaluate(() => window.scrollTo(0, 0));
    const down = await measureScroll(page, Number.POSITIVE_INFINITY);
    await page.evaluate(() => window.scrollTo(0, 0));
    const again = await measureScroll(page, 200);
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    console.log("  while reading:", down, "\n  with all there:", again);
    expect(down.rows).toBeGreaterThan(10_000);
    for (const run of [down, again]) expect(run.mostInPage).toBeLessThan(80);
    await expect(page.getByRole("table")).toHaveAttribute("aria-rowcount", String(again.rows + 1));

    // The last one opens, and Back leads to where one was.
    const last = page.getByRole("table").locator(`tr[aria-rowindex="${again.rows + 1}"]`);
    await expect(last).toBeInViewport();
    const name = (await last.getByRole("link").textContent()) ?? "";
    await last.getByRole("link").click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await page.goBack();
    await expect(rows(page).filter({ hasText: name })).toBeInViewport();
  });
});

type Scroll = {
  rows: number;
  frames: number;
  /** How long the page's thread worked for a frame: script, layout, style. */
  workMsPerFrame: number;
  medianFrameMs: number;
  mostInPage: number;
};

async function measureScroll(page: Page, mostFrames: number): Promise<Scroll> {
  const session = await page.context().newCDPSession(page);
  // The thread's own time: that of other programs does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = await worked();
  const { times, ...seen } = await page.evaluate(scrollOn, mostFrames);
  const work = (await worked()) - before;
  await session.detach();
  const medianFrameMs = Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
  const workMsPerFrame = Math.round((work * 10_000) / times.length) / 10;
  return { ...seen, frames: times.length, workMsPerFrame, medianFrameMs };
}

/**
 * Runs in the page: scrolls on in every frame, to the end of the list or so many frames. Throws what the page shows where a
 * minute leads no further.
 */
async function scrollOn(mostFrames: number): Promise<{ rows: number; times: number[]; mostInPage: number }> {
  const PATIENCE_MS = 60_000;
  const times: number[] = [];
  let mostInPage = 0;
  let last = performance.now();
  let farthest = -1;
  let movedAt = last;
  for (;;) {
    // A frame that does not come is asked for again.
    await new Promise((resolve) => {
      requestAnimationFrame(resolve);
      setTimeout(resolve, 1_000);
    });
    const now = performance.now();
    times.push(now - last);
    last = now;
    mostInPage = Math.max(mostInPage, document.querySelectorAll("tbody tr").length);
    const table = document.querySelector("table[aria-label=Agents]");
    const rows = Number(table?.getAttribute("aria-rowcount")) - 1;
    const isAtEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2;
    if ((isAtEnd && rows >= 0) || times.length >= mostFrames) return { rows, times, mostInPage };
    if (window.scrollY > farthest) {
      farthest = window.scrollY;
      movedAt = now;
    }
    if (now - movedAt > PATIENCE_MS) {
      const shown = document.querySelector("main")?.textContent ?? "";
      const where = `${window.scrollY} of ${document.documentElement.scrollHeight}`;
      throw new Error(`it leads no further than ${where}: ${shown.slice(0, 300)} … ${shown.slice(-300)}`);
    }
    window.scrollBy(0, 600);
  }
}

test.describe("keys", () => {
  const keyRow = (page: Page, name: string) =>
    page.getByRole("table", { name: "Keys" }).getByRole("row").filter({ hasText: name });

  test("are made with scopes and an expiry, shown once, and do what they may until they are revoked", async ({
    signedIn: page,
    api,
    anima,
  }) => {
    const agent = await api.agent("Key holder");
    await page.goto("/keys");
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page).toHaveURL("/keys?create=1");
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Name").fill("Only reads");
    await sheet.getByLabel("One agent").check();
    await sheet.getByLabel("Search an agent").fill("key hol");
    await sheet.getByRole("button", { name: /Key holder/ }).click();
    await sheet.getByLabel("Only what is chosen here").check();
    await expect(sheet.getByRole("button", { name: "Create key" })).toBeDisabled();
    await sheet.getByRole("group", { name: "Mail", exact: true }).getByLabel("email:read").check();
    await sheet.getByLabel("Expires").selectOption("In 30 days");
    await sheet.getByRole("button", { name: "Create key" }).click();
    const key = await textOf(sheet.getByLabel("key", { exact: true }));
    expect(key).toMatch(/^ak_/);
    await page.keyboard.press("Escape");
    await sheet.getByRole("button", { name: "I have copied the key" }).click();
    await expect(page).toHaveURL("/keys");
    await expect(keyRow(page, "Only reads")).toContainText("Key holder");
    await expect(keyRow(page, "Only reads")).toContainText("email:read");
    await expect(keyRow(page, "Only reads")).toContainText(/\d\d \w+ 20\d\d/);
    expect(await page.content()).not.toContain(key);

    const status = async (path: string) => (await new Api(anima.url, key).call("GET", path)).status;
    expect(await status("/v1/email")).toBe(200);
    expect(await status("/v1/agents")).toBe(403);

    await page.getByRole("button", { name: /Actions for Only reads/ }).click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await expect(page.getByRole("dialog")).toContainText("as Key holder is refused, for good");
    await page.getByRole("button", { name: "Revoke key" }).click();
    await expect(keyRow(page, "Only reads")).toBeHidden();
    // The row goes before the server has answered.
    await expect.poll(() => status("/v1/email")).toBe(401);
    await page.getByLabel("Revoked keys").selectOption("Revoked");
    await expect(page).toHaveURL("/keys?show=revoked");
    await expect(keyRow(page, "Only reads")).toContainText("revoked");

    await page.goto(`/agents/${agent.id}?tab=keys`);
    await expect(keyRow(page, "Agent key")).toBeVisible();
    await page.getByRole("button", { name: /Actions for Agent key/ }).click();
    await page.getByRole("menuitem", { name: "Rotate" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate key" }).click();
    const rotated = await textOf(page.getByRole("dialog").getByLabel("key", { exact: true }));
    const works = async (held: string) => (await new Api(anima.url, held).call("GET", "/v1/orgs/me")).status;
    expect([await works(rotated), await works(agent.key)]).toEqual([200, 401]);
  });

  test("are found, sorted and narrowed in the address bar, and follow what happens elsewhere", async ({
    signedIn: page,
    api,
  }) => {
    const agent = await api.agent("Courier");
    await page.goto("/keys");
    await page.getByRole("searchbox").fill("courier");
    await expect(page).toHaveURL("/keys?search=courier");
    await expect(keyRow(page, "Agent key")).toHaveCount(1);
    await api.call("POST", "/v1/api-keys", { name: "Second bag", agentId: agent.id });
    await expect(keyRow(page, "Second bag")).toBeVisible();
    await page.getByRole("button", { name: "Name" }).click();
    await expect(page.getByRole("table").locator("tbody tr").first()).toContainText("Agent key");
    await page.getByLabel("Kind").selectOption("Organisation's");
    await expect(page.getByText("No key fits")).toBeVisible();
    await page.goBack();
    await page.goBack();
    await expect(page).toHaveURL("/keys?search=courier");
    await expect(page.getByRole("table").locator("tbody tr").first()).toContainText("Second bag");
    await page.getByRole("link", { name: "Courier" }).first().click();
    await expect(page).toHaveURL(`/agents/${agent.id}?tab=keys`);
  });

  test.describe("that must not end", () => {
    test.use({ refusalsExpected: true });

    test("say why: the last master key is not revoked", async ({ signedIn: page }) => {
      await page.goto("/keys?kind=organisation");
      await page.getByRole("button", { name: /Actions for Master key/ }).click();
      await page.getByRole("menuitem", { name: "Revoke" }).click();
      await expect(page.getByRole("dialog")).toContainText("Every other session of this console ends with it.");
      await page.getByRole("button", { name: "Revoke key" }).click();
      const alert = page.getByRole("dialog").getByRole("alert");
      await expect(alert).toContainText("This is the last master key with every scope.");
      await expect(alert.getByRole("link", { name: "CONFLICT" })).toBeVisible();
    });
  });
});
