import type { Page } from "@playwright/test";
import { axe, expect, test } from "./support/console.ts";

/** Every page with the heading that says it is there. */
const SIGNED_OUT = [
  ["/sign-in", "Sign in"],
  ["/sign-in/link?token=used", "This link has done its work"],
  ["/setup", "Set up with the link that the server prints"],
  ["/docs", "From nothing to a chain"],
  ["/docs/errors", "Errors"],
  ["/docs/errors/agent-paused", "AGENT_PAUSED"],
  ["/help/launch-day", "Launch day"],
  ["/changelog", "Changelog"],
] as const;

const SIGNED_IN = [
  ["/agents", "Agents"],
  ["/live", "Live activity"],
  ["/audit", "Audit"],
  ["/audit?correlation=looks", "Audit"],
  ["/outbox", "Outbox"],
] as const;

async function inspect(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  expect(await axe(page), path).toEqual([]);
  const overflows = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(overflows, `${path} scrolls sideways`).toBe(false);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, viewport] of [
    ["wide", { width: 1440, height: 900 }],
    ["narrow", { width: 390, height: 844 }],
  ] as const) {
    test.describe(`${colorScheme}, ${name}`, () => {
      // What fades in has not its own colours yet.
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("the public pages are accessible and fit", async ({ page }) => {
        for (const [path, heading] of SIGNED_OUT) await inspect(page, path, heading);
      });

      test("the console's pages are accessible and fit", async ({ signedIn: page, api }) => {
        test.slow();
        const agent = await api.agent(`Looks ${colorScheme} ${name}`);
        await api.send(agent.key, "kim@example.com", "A subject that is rather long, to see it cut", "looks");
        await api.call("PATCH", `/v1/agents/${agent.id}`, { status: "PAUSED" });
        await api.send(agent.key, "kim@example.com", "Refused", "looks");
        for (const [path, heading] of SIGNED_IN) await inspect(page, path, heading);
        await inspect(page, `/agents/${agent.id}`, agent.name);

        for (const action of ["Resume", "Rotate key", "Delete"]) {
          await page.getByRole("button", { name: action }).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          expect(await axe(page), action).toEqual([]);
          await page.keyboard.press("Escape");
        }
        await page.goto("/agents");
        await page.getByRole("button", { name: "Create agent" }).first().click();
        expect(await axe(page), "create agent").toEqual([]);
      });
    });
  }
}

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

test("pages cannot be framed, sniffed or followed from outside", async ({ request }) => {
  const headers = (await request.get("/sign-in")).headers();
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["x-powered-by"]).toBeUndefined();
  expect((await request.get("/sign-in/link?token=x")).headers()["referrer-policy"]).toBe("no-referrer");
});

test("the page comes complete: its content is in the first answer", async ({ signedIn: page, api }) => {
  const agent = await api.agent("In the first bytes");
  const html = (await (await page.goto(`/agents/${agent.id}`))?.text()) ?? "";
  expect(html).toContain(agent.email);
  expect((await (await page.goto("/agents"))?.text()) ?? "").toContain("In the first bytes");
});
