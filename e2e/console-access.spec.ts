import type { Browser, BrowserContext, CDPSession, Page } from "@playwright/test";
import { appRouter } from "../server/trpc/root.ts";
import { type Anima, startAnima } from "./support/anima.ts";
import { axe, test as base, expect, MASTER_KEY, signOut, textOf } from "./support/console.ts";
import { type MailHost, startMailHost } from "./support/mail-host.ts";
import { invite, join, linkIn, mailTo, PASSWORD } from "./support/people.ts";

type Server = { anima: Anima; host: MailHost };

/** A server that mails through a real SMTP server, and believes each browser where it says it comes from. */
const test = base.extend<{ host: MailHost }, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const host = await startMailHost();
      const anima = await startAnima({
        INIT_ORG_NAME: "Acme Robotics",
        INIT_MASTER_KEY: MASTER_KEY,
        INIT_TIER: "SCALE",
        SMTP_RELAY_URL: host.url,
        TRUSTED_PROXIES: "127.0.0.1,::1",
      });
      await use({ anima, host });
      await anima.stop();
      await host.close();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  anima: [async ({ server }, use) => use(server.anima), { scope: "worker" }],
  host: async ({ server }, use) => use(server.host),
  context: async ({ context }, use) => {
    await comeFromElsewhere(context);
    await use(context);
  },
});

let addresses = 0;

/** Gives a browser an address of its own: sign-ins are limited by address. */
async function comeFromElsewhere(context: BrowserContext): Promise<void> {
  await context.setExtraHTTPHeaders({ "x-forwarded-for": `198.51.100.${++addresses}` });
}

/** Another browser. What fades in has not its own colours yet, so nothing does. */
async function newContext(browser: Browser, { url }: Anima): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, reducedMotion: "reduce" });
  await comeFromElsewhere(context);
  return context;
}

/** A device that makes and keeps passkeys, and is unlocked without asking. */
async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

test("somebody is invited, joins with a passkey, signs in by it alone and as a second factor", async ({
  signedIn: owner,
  browser,
  anima,
  host,
}) => {
  await invite(owner, "kim@people.test", "Admin");
  const context = await newContext(browser, anima);
  const page = await context.newPage();
  await addAuthenticator(page);
  const link = linkIn(await mailTo(host, "kim@people.test"));

  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Join Acme Robotics" })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Your name").fill("Kim Example");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("button", { name: "Make a passkey" })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This invitation has done its work" })).toBeVisible();

  // The owner's page learns of it by itself.
  await owner.getByRole("button", { name: "Done" }).click();
  await expect(owner.getByRole("row").filter({ hasText: "Kim Example" })).toContainText("1 passkey");

  await page.goto("/settings");
  const account = page.getByRole("region", { name: "Your account" });
  await account.getByRole("button", { name: "Set a password" }).click();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Save password" }).click();
  await account.getByRole("button", { name: "Switch on" }).click();
  await expect(account).toContainText("On: after password or code you are asked for a passkey");

  await signOut(page);
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);

  await signOut(page);
  await page.getByLabel("E-mail").fill("Kim@people.test");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Confirm with your passkey" })).toBeVisible();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);
  await page.goto("/settings");
  await expect(page.getByRole("region", { name: "Sessions" })).toContainText("by password and passkey");
  await context.close();
});

test("a code by mail signs in", async ({ signedIn: owner, browser, anima, host }) => {
  await invite(owner, "lee@people.test", "Viewer");
  const context = await newContext(browser, anima);
  const page = await join(context, linkIn(await mailTo(host, "lee@people.test")), "Lee");
  await signOut(page);
  await page.getByLabel("E-mail").fill("lee@people.test");
  await page.getByRole("button", { name: "Mail me a code" }).click();
  const code = /code: (\d{4} \d{4})/.exec(await mailTo(host, "lee@people.test", 1))?.[1] ?? "";
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);
  await context.close();
});

test.describe("refusals", () => {
  test.use({ refusalsExpected: true });

  test("a viewer sees the pages without what writes, and is refused every mutation over the wire", async ({
    signedIn: owner,
    browser,
    anima,
    host,
  }) => {
    await invite(owner, "vic@people.test", "Viewer");
    const context = await newContext(browser, anima);
    const page = await join(context, linkIn(await mailTo(host, "vic@people.test")), "Vic");
    await page.goto("/members");
    await expect(page.getByRole("row").filter({ hasText: "vic@people.test" })).toContainText("you");
    await expect(page.getByRole("button", { name: "Invite" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: /^Remove/ })).toHaveCount(0);
    await page.goto("/settings");
    await expect(page.getByRole("heading", { name: "Master key" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Rotate" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Change organisation name" })).toHaveCount(0);

    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
    );
    const mutations = procedures.filter(
      ([path, { _def }]) => _def.type === "mutation" && !/^(account|session)\./.test(path),
    );
    expect(mutations.length).toBeGreaterThan(9);
    for (const [path] of mutations) {
      const answer = await page.evaluate(async (name) => {
        const response = await fetch(`/api/trpc/${name}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: "{}",
        });
        return [response.status, (await response.json()).error.data.error.code];
      }, path);
      expect(answer, path).toEqual([403, "FORBIDDEN"]);
    }

    // As soon as the role changes, so does the page.
    await page.goto("/members");
    await owner.goto("/members");
    await owner.getByLabel("Role of vic@people.test").selectOption("admin");
    await expect(page.getByRole("button", { name: "Invite" })).toBeVisible();
    await context.close();
  });

  test("a session that is ended in one browser is closed in the other one", async ({
    signedIn: owner,
    browser,
    anima,
    host,
  }) => {
    await invite(owner, "sam@people.test", "Admin");
    const first = await newContext(browser, anima);
    const second = await newContext(browser, anima);
    const one = await join(first, linkIn(await mailTo(host, "sam@people.test")), "Sam");
    const two = await second.newPage();
    await two.goto("/sign-in?to=%2Fmembers");
    await two.getByLabel("E-mail").fill("sam@people.test");
    await two.getByLabel("Password").fill(PASSWORD);
    await two.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(two).toHaveURL("/members");

    await one.goto("/settings");
    const sessions = one.getByRole("region", { name: "Sessions" });
    await expect(sessions.getByText("Chrome on Linux")).toHaveCount(2);
    await sessions.getByRole("button", { name: "End the session of Chrome on Linux" }).click();
    await expect(sessions.getByText("Chrome on Linux")).toHaveCount(1);
    await expect(two).toHaveURL("/sign-in?to=%2Fmembers");

    // A removed member is out at once, too.
    await owner.goto("/members");
    await owner.getByRole("button", { name: "Remove sam@people.test" }).click();
    await owner.getByRole("button", { name: "Remove member" }).click();
    await expect(owner.getByText("sam@people.test")).toHaveCount(0);
    await expect(one).toHaveURL("/sign-in?to=%2Fsettings");
    await Promise.all([first.close(), second.close()]);
  });

  test("a wrong password says nothing of the account, and too many are refused for a while", async ({
    signedIn,
    browser,
    anima,
    host,
  }) => {
    await invite(signedIn, "tess@people.test", "Viewer");
    await mailTo(host, "tess@people.test");
    const context = await newContext(browser, anima);
    const page = await context.newPage();
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill("tess@people.test");
    const alert = page.getByRole("alert").filter({ hasText: /account|attempts/ });
    for (let time = 0; time < 10; time++) {
      await page.getByLabel("Password").fill(`a guess, number ${time}`);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(alert).toContainText("There is no account with this e-mail address and password.");
    }
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(alert).toContainText("Too many attempts from here");
    await expect(alert.getByRole("link", { name: "RATE_LIMIT" })).toBeVisible();
    await context.close();
  });
});

test.describe("without a mail relay", () => {
  let local: Anima;
  const key = `mk_${"10ca1".repeat(9)}`;
  test.beforeAll(async () => {
    local = await startAnima({ INIT_ORG_NAME: "Local", INIT_MASTER_KEY: key, INIT_TIER: "SCALE" });
  });
  test.afterAll(() => local.stop());
  test.use({ refusalsExpected: true });

  test("the link of an invitation is shown once; the master key is rotated with what follows from it", async ({
    browser,
  }) => {
    const context = await newContext(browser, local);
    const page = await context.newPage();
    await page.goto("/sign-in");
    await page.getByLabel("Master key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/(agents|overview)$/);
    await page.goto("/members");
    await expect(page.getByText("No members yet")).toBeVisible();
    await invite(page, "pat@people.test", "Owner");
    const sheet = page.getByRole("dialog");
    const link = await textOf(sheet.getByLabel("invitation link", { exact: true }));
    await sheet.getByRole("button", { name: "I have copied the link" }).click();
    expect(await page.content()).not.toContain(link);

    const other = await newContext(browser, local);
    const pat = await join(other, link, "Pat");
    await pat.goto("/settings");
    await pat.getByRole("button", { name: "Rotate" }).click();
    const dialog = pat.getByRole("dialog");
    await expect(dialog).toContainText("1 session opened with the master key or a link ends.");
    await expect(dialog).toContainText("every agent and its key");
    // What lies behind is dimmed, and out of reach.
    expect(await axe(pat, '[role="dialog"]')).toEqual([]);
    await dialog.getByLabel("Type Local to confirm").fill("Local");
    await dialog.getByRole("button", { name: "Rotate the key" }).click();
    const next = await textOf(dialog.getByLabel("master key", { exact: true }));
    expect(next).toMatch(/^mk_[0-9A-Za-z]{49}$/);
    await dialog.getByRole("button", { name: "I have stored the key" }).click();
    expect(await pat.content()).not.toContain(next);
    await expect(page).toHaveURL("/sign-in?to=%2Fmembers");

    await page.getByRole("link", { name: "With the master key" }).click();
    await page.getByLabel("Master key").fill(next);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/members");
    await Promise.all([context.close(), other.close()]);
  });
});
