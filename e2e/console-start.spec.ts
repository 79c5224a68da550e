import { type Anima, startAnima } from "./support/anima.ts";
import { Api, expect, liveState, test, textOf } from "./support/console.ts";

test.describe("a server that nobody has set up", () => {
  let fresh: Anima;
  test.beforeAll(async () => {
    fresh = await startAnima();
  });
  test.afterAll(() => fresh.stop());
  test.use({ refusalsExpected: true });

  test("its link leads to the setup, which shows the master key once and opens the console", async ({ page }) => {
    await page.goto(fresh.link());
    await expect(page.getByRole("heading", { name: "Set up this server" })).toBeVisible();
    await page.getByLabel("Organisation").fill("Acme Robotics");
    await page.getByRole("button", { name: "Create the organisation" }).click();
    const masterKey = await textOf(page.getByLabel("master key", { exact: true }));
    expect(masterKey).toMatch(/^mk_[0-9A-Za-z]{49}$/);
    await page.getByRole("button", { name: "I have stored it: open the console" }).click();
    await expect(page).toHaveURL(`${fresh.url}/overview`);
    expect(await page.content()).not.toContain(masterKey);
    expect((await new Api(fresh.url, masterKey).call("GET", "/v1/orgs/me")).status).toBe(200);

    await page.goto(fresh.link());
    await expect(page.getByRole("heading", { name: "This link has done its work" })).toBeVisible();
  });

  test("after a restart its link signs in, once, and looking at it does not use it up", async ({ page, browser }) => {
    await fresh.restart();
    const link = fresh.link();
    expect((await fetch(link)).status).toBe(200);
    await page.goto(link);
    await page.getByRole("button", { name: "Open the console" }).click();
    await expect(page).toHaveURL(`${fresh.url}/overview`);

    const stranger = await browser.newPage();
    await stranger.goto(link);
    await expect(stranger.getByRole("heading", { name: "This link has done its work" })).toBeVisible();
    await stranger.goto(`${fresh.url}/agents`);
    await expect(stranger).toHaveURL(/\/sign-in/);
    await stranger.close();
  });

  test("the live view says that it lost the server, and goes on after a restart without a gap", async ({ page }) => {
    await page.goto((await relink()) ?? "");
    await page.getByRole("button", { name: "Open the console" }).click();
    await expect(page).toHaveURL(`${fresh.url}/overview`);
    await page.goto(`${fresh.url}/live`);
    await expect(liveState(page)).toHaveText("live");
    const rows = await page.getByRole("row").count();
    const restarted = fresh.restart();
    await expect(liveState(page)).toHaveText("reconnecting");
    await restarted;
    await expect(liveState(page)).toHaveText("live");
    await page.getByRole("link", { name: "Agents", exact: true }).click();
    await page.getByRole("button", { name: "Create agent" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("After the restart");
    await page.getByRole("dialog").getByRole("button", { name: "Create agent" }).click();
    await page.getByRole("button", { name: "I have copied the key" }).click();
    await page.getByRole("link", { name: "Live activity" }).click();
    await expect(page.getByRole("row").filter({ hasText: "agent.created" })).toHaveCount(1);
    await expect(page.getByRole("row")).toHaveCount(rows + 1);
  });

  async function relink(): Promise<string> {
    await fresh.restart();
    return fresh.link();
  }
});
