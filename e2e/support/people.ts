import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
import type { Anima } from "./anima.ts";
import type { MailHost } from "./mail-host.ts";

/** What everybody chooses. */
export const PASSWORD = "correct horse battery";

/** The text of the mail to somebody, after so many others. */
export async function mailTo(host: MailHost, address: string, after = 0): Promise<string> {
  const fits = (to: string[]) => to.includes(address);
  const before = host.received.filter((mail) => fits(mail.envelope.to)).slice(0, after);
  const mail = await host.waitForMail((one) => fits(one.envelope.to) && !before.includes(one));
  return mail.parsed.text ?? "";
}

/** The path of an invitation in the text of its mail. */
export const linkIn = (text: string) => /\/invite\/[\w-]{43}/.exec(text)?.[0] ?? "";

/** Invites somebody as the holder of the master key, through the page. */
export async function invite(page: Page, email: string, role: "Owner" | "Admin" | "Viewer"): Promise<void> {
  await page.goto("/members");
  await page.getByRole("button", { name: "Invite", exact: true }).first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("E-mail").fill(email);
  await sheet.getByRole("radio", { name: role }).check();
  await sheet.getByRole("button", { name: "Invite" }).click();
  await expect(sheet.getByRole("heading", { name: `${email} is invited` })).toBeVisible();
}

/** Accepts an invitation with a password, in a browser of its own. */
export async function join(context: BrowserContext, path: string, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set a password" }).click();
  await expect(page).toHaveURL(/\/(agents|overview)$/);
  return page;
}

/** Somebody whom an owner invites to look on, in a browser of their own. Close its context when done. */
export async function joinAsViewer(owner: Page, browser: Browser, anima: Anima): Promise<Page> {
  await invite(owner, "vic@people.test", "Viewer");
  const link = linkIn((await owner.getByRole("dialog").textContent()) ?? "");
  return join(await browser.newContext({ baseURL: anima.url }), link, "Vic");
}
