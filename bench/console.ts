import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { openSession } from "../e2e/support/console.ts";
import { startNorthwind } from "../e2e/support/northwind.ts";
import { consolePages, type PageToSee } from "../e2e/support/pages.ts";
import { ensureChromium } from "../scripts/system-packages.ts";
import { freePort } from "../test/support/free-port.ts";
import { median } from "./support/load.ts";

const RUNS = Number(process.env.LIGHTHOUSE_RUNS ?? 3);
const ROUNDS = Number(process.env.ROUTE_ROUNDS ?? 15);
/** What Lighthouse looks at; every page has its JavaScript and its route change measured. */
const JUDGED = ["overview", "agents", "audit"];
const GOALS = { score: 95, kilobytes: 200, milliseconds: 100 };

type Row = {
  page: string;
  performance: number | null;
  accessibility: number | null;
  kilobytes: number;
  milliseconds: number | null;
};

/**
 * How fast the console is for a person: Lighthouse's scores on a desktop, the JavaScript that a first visit transfers, and
 * the time of a route change from the cache, each against its goal. Exit code 1 when one is missed.
 */
async function main(): Promise<void> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await ensureChromium());
  const profile = await mkdtemp(join(tmpdir(), "anima-lighthouse-"));
  const debugPort = await freePort();
  const northwind = await startNorthwind();
  const browser = await chromium.launchPersistentContext(profile, {
    baseURL: northwind.anima.url,
    viewport: { width: 1440, height: 900 },
    args: ["--no-sandbox", `--remote-debugging-port=${debugPort}`],
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    await browser.addCookies([await openSession(northwind.anima.url)]);
    const pages = consolePages(northwind.made);
    const times = await routeChanges(browser, pages);
    const rows: Row[] = [];
    for (const { name, path } of pages) {
      const scores = JUDGED.includes(name) ? await judge(northwind.anima.url + path, debugPort) : null;
      rows.push({
        page: name,
        performance: scores?.performance ?? null,
        accessibility: scores?.accessibility ?? null,
        kilobytes: await scriptKilobytes(browser, path),
        milliseconds: times.get(name) ?? null,
      });
    }
    process.exitCode = print(rows) ? 0 : 1;
    const [load = 0] = loadavg();
    if (load > 2 * availableParallelism()) {
      process.stdout.write(
        `Other programs kept this machine busy (load ${load.toFixed(1)}): it can do better than this.\n`,
      );
    }
  } finally {
    await browser.close();
    await northwind.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

/** Lighthouse's scores of a page, each the median of some runs. */
async function judge(url: string, port: number): Promise<{ performance: number; accessibility: number }> {
  const runs: { performance: number; accessibility: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const flags = {
      port,
      onlyCategories: ["performance", "accessibility"],
      disableStorageReset: true,
      logLevel: "error",
    };
    const result = await lighthouse(url, flags as never, desktopConfig);
    explain(url, result?.lhr.audits ?? {}, result?.lhr.categories.accessibility?.auditRefs ?? []);
    const score = (category: "performance" | "accessibility") =>
      Math.round((result?.lhr.categories[category]?.score ?? 0) * 100);
    if (result?.lhr.finalDisplayedUrl !== url) throw new Error(`Lighthouse saw ${result?.lhr.finalDisplayedUrl}`);
    runs.push({ performance: score("performance"), accessibility: score("accessibility") });
  }
  return {
    performance: median(runs.map((run) => run.performance)),
    accessibility: median(runs.map((run) => run.accessibility)),
  };
}

type Audits = Record<string, { id: string; score: number | null; title: string; displayValue?: string | undefined }>;

/** Says what cost points, so that a missed goal names its cause. */
function explain(url: string, audits: Audits, accessibility: { id: string }[]): void {
  const metrics = [
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
  ];
  const shown = [...metrics, ...accessibility.map(({ id }) => id)].map((id) => audits[id]);
  const costly = shown.filter((audit) => audit && audit.score !== null && audit.score < 1);
  if (costly.length === 0) return;
  const list = costly.map((audit) => [audit?.title, audit?.displayValue].filter(Boolean).join(" "));
  process.stdout.write(`${new URL(url).pathname}: ${list.join("; ")}\n`);
}

/** What the scripts of a first visit take on the wire, in kB of 1,000 bytes, headers included. */
async function scriptKilobytes(browser: BrowserContext, path: string): Promise<number> {
  const page = await browser.newPage();
  const network = await browser.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  const scripts = new Set<string>();
  let bytes = 0;
  network.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(path, { waitUntil: "load" });
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  await page.close();
  return bytes / 1_000;
}

/** From the click on a link of the navigation to the painted page, in ms, for pages that were seen before: medians. */
async function routeChanges(browser: BrowserContext, pages: PageToSee[]): Promise<Map<string, number>> {
  const page = await browser.newPage();
  await page.goto(pages[0]?.path ?? "/");
  const linked: PageToSee[] = [];
  for (const each of pages) if ((await page.locator(`nav a[href="${each.path}"]`).count()) > 0) linked.push(each);
  const times = new Map<string, number[]>(linked.map(({ name }) => [name, []]));
  // The first round fills the cache.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const target of linked) {
      const took = await changeRoute(page, target);
      if (round > 0) times.get(target.name)?.push(took);
    }
  }
  await page.close();
  return new Map([...times].map(([name, each]) => [name, median(each)]));
}

async function changeRoute(page: Page, { path, heading }: PageToSee): Promise<number> {
  return page.evaluate(
    async ([href, wanted]) => {
      const link = document.querySelector<HTMLAnchorElement>(`nav a[href="${href}"]`);
      const isThere = () => location.pathname === href && document.querySelector("h1")?.textContent === wanted;
      const began = performance.now();
      link?.click();
      await new Promise<void>((resolve) => {
        const look = () => (isThere() ? resolve() : requestAnimationFrame(look));
        look();
      });
      // A task after the next frame: by then that frame was painted.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return performance.now() - began;
    },
    [path, heading] as const,
  );
}

/** Prints the table. @returns whether all goals are met */
function print(rows: Row[]): boolean {
  const columns = [
    { title: "performance", of: (row: Row) => row.performance, goal: `>= ${GOALS.score}`, isMet: atLeast(GOALS.score) },
    {
      title: "accessibility",
      of: (row: Row) => row.accessibility,
      goal: `>= ${GOALS.score}`,
      isMet: atLeast(GOALS.score),
    },
    {
      title: "JavaScript kB",
      of: (row: Row) => row.kilobytes,
      goal: `< ${GOALS.kilobytes}`,
      isMet: below(GOALS.kilobytes),
    },
    {
      title: "route change ms",
      of: (row: Row) => row.milliseconds,
      goal: `< ${GOALS.milliseconds}`,
      isMet: below(GOALS.milliseconds),
    },
  ];
  const line = (name: string, cells: string[]) =>
    process.stdout.write(`${name.padEnd(12)}${cells.map((cell) => cell.padStart(18)).join("")}\n`);
  line(
    "",
    columns.map(({ title }) => title),
  );
  line(
    "goal",
    columns.map(({ goal }) => goal),
  );
  let met = true;
  for (const row of rows) {
    const cells = columns.map(({ of, isMet }) => {
      const value = of(row);
      if (value === null) return "";
      if (!isMet(value)) met = false;
      return `${isMet(value) ? "" : "MISSED "}${Math.round(value)}`;
    });
    line(row.page, cells);
  }
  return met;
}

function atLeast(goal: number): (value: number) => boolean {
  return (value) => value >= goal;
}

function below(goal: number): (value: number) => boolean {
  return (value) => value < goal;
}

await main();
