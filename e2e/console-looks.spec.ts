import type { Page } from "@playwright/test";
import { axe, conversation, expect, test } from "./support/console.ts";
import { telephone } from "./support/northwind.ts";
import { consolePages, type PageToSee, PUBLIC_PAGES } from "./support/pages.ts";

async function inspect(page: Page, { path, heading }: PageToSee): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  expect(await axe(page), path).toEqual([]);
  const overflows = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(overflows, `${path} scrolls sideways`).toBe(false);
}

for (const [name, viewport] of [
  ["wide", { width: 1440, height: 900 }],
  ["narrow", { width: 390, height: 844 }],
] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test("the public pages are accessible and fit", async ({ page }) => {
      test.setTimeout(600_000);
      for (const shown of PUBLIC_PAGES) await inspect(page, shown);
    });

    test("the console's pages are accessible and fit", async ({ signedIn: page, anima, api }) => {
      test.setTimeout(600_000);
      // As long as a name may be, and nowhere to break it.
      const agent = await api.agent(`Looks ${name} `.padEnd(100, "W"));
      const caller = await api.agent(`Calling, ${name}`);
      const html = { agentId: agent.id, to: agent.email, subject: "Looks", body: "Hi", bodyHtml: "<p>Hi</p>" };
      const mail = (await (await api.call("POST", "/v1/email/send", html)).json()) as { id: string };
      await api.send(agent.key, "kim@example.com", "A subject that is rather long, to see it cut", "looks");
      await api.call("PATCH", `/v1/agents/${agent.id}`, { status: "PAUSED" });
      await api.send(agent.key, "kim@example.com", "Refused", "looks");
      const threadId = await conversation(api, caller.id);
      const { talk, ...calls } = await telephone(anima.url, api, caller);
      const made = { agent, correlationId: "looks", messageId: mail.id, threadId, calls };
      for (const shown of consolePages(made)) await inspect(page, shown);

      await page.goto("/calls?place=1");
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await axe(page), "place a call").toEqual([]);
      talk.agent.close();

      await page.goto(`/agents/${agent.id}`);
      for (const action of ["Resume", "Rotate key", "Delete"]) {
        await page.getByRole("button", { name: action }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        expect(await axe(page), action).toEqual([]);
        await page.keyboard.press("Escape");
      }
      await page.goto("/agents");
      await page.getByRole("button", { name: "Create agent" }).first().click();
      expect(await axe(page), "create agent").toEqual([]);
      await page.goto("/keys?create=1");
      await page.getByRole("dialog").getByLabel("Only what is chosen here").check();
      expect(await axe(page), "create key").toEqual([]);
      await page.goto("/agents");
      await page.getByRole("button", { name: `Actions for ${agent.name}` }).click();
      expect(await axe(page), "menu of a row").toEqual([]);
    });
  });
}

test.describe("narrow", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the tab that is open is in sight, wherever it stands in its row", async ({ signedIn: page }) => {
    for (const name of ["Refusals", "Sandbox clock"]) {
      await page.goto(`/compliance?tab=${name === "Refusals" ? "refusals" : "clock"}`);
      await expect(page.getByRole("tab", { name, selected: true })).toBeInViewport({ ratio: 0.9 });
    }
  });
});

test("a chosen theme stays, from the first byte of the next page", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/sign-in");
  const dark = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await dark();
  await page.getByRole("button", { name: "Theme: system. Change to light" }).click();
  await page.getByRole("button", { name: "Theme: light. Change to dark" }).click();
  expect(await dark()).not.toBe(light);
  const html = await (await page.goto("/sign-in"))?.text();
  expect(html).toContain('data-theme="dark"');
  expect(await dark()).not.toBe(light);
});

test("every error code has a page that shows what its type promises", async ({ page, request }) => {
  await page.goto("/docs/errors");
  const pages = page.locator('main li a[href^="/docs/errors/"]');
  const paths = await pages.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  expect(paths.length).toBeGreaterThan(15);
  for (const path of paths) {
    const html = await (await request.get(path)).text();
    expect(html, path).toContain("How to fix it");
  }
  expect((await request.get("/docs/errors/nonsense")).status()).toBe(404);
});

test("the page comes complete: its content is in the first answer", async ({ signedIn: page, api }) => {
  const agent = await api.agent("In the first bytes");
  const html = (await (await page.goto(`/agents/${agent.id}`))?.text()) ?? "";
  expect(html).toContain(agent.email);
  expect((await (await page.goto("/agents"))?.text()) ?? "").toContain("In the first bytes");
});
