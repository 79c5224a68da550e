import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { openSession } from "../e2e/support/console.ts";
import { startNorthwind } from "../e2e/support/northwind.ts";
import { consolePages, type PageToSee, PUBLIC_PAGES } from "../e2e/support/pages.ts";
import { ensureChromium } from "./system-packages.ts";

const FOLDER = join(import.meta.dirname, "../screenshots");
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/**
 * Takes every page in both themes and at two widths, of a server with a filled organisation, into screenshots/.
 * Arguments: names of pages, to take only those.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const executablePath = process.env.CHROMIUM_PATH ?? (await ensureChromium());
  const northwind = await startNorthwind();
  const browser = await chromium.launch({ args: ["--no-sandbox"], ...(executablePath ? { executablePath } : {}) });
  try {
    const { anima, made } = northwind;
    const isWanted = ({ name }: PageToSee) => wanted.length === 0 || wanted.includes(name);
    if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    const cookie = await openSession(anima.url);
    await takeAll(browser, anima.url, PUBLIC_PAGES.filter(isWanted), []);
    await takeAll(browser, anima.url, consolePages(made).filter(isWanted), [cookie]);
  } finally {
    await browser.close();
    await northwind.stop();
  }
}

type Cookie = { name: string; value: string; url: string };

async function takeAll(browser: Browser, baseURL: string, pages: PageToSee[], cookies: Cookie[]): Promise<void> {
  for (const viewport of WIDTHS) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ baseURL, viewport, colorScheme, reducedMotion: "reduce" });
      await context.addCookies(cookies);
      const page = await context.newPage();
      for (const shown of pages) await take(page, shown, `${shown.name}-${viewport.width}-${colorScheme}.png`);
      await context.close();
    }
  }
}

async function take(page: Page, { path, heading }: PageToSee, file: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  await page.getByText("connecting", { exact: true }).waitFor({ state: "hidden" });
  await page.screenshot({ path: join(FOLDER, file) });
  process.stdout.write(`screenshots/${file}\n`);
}

await main();
