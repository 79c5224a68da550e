import {
  type Browser,
  type BrowserContext,
  test as base,
  type ConsoleMessage,
  expect,
  type Locator,
  type Page,
} from "@playwright/test";
import axeCore from "axe-core";
import { type Anima, startAnima } from "./anima.ts";

export { expect } from "@playwright/test";

export const MASTER_KEY = `mk_${"e2e0".repeat(11)}`;

type Agent = { id: string; name: string; key: string; email: string };

/** The REST API of a server, with a key. */
export class Api {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key = MASTER_KEY) {
    this.#url = url;
    this.#key = key;
  }

  async call(method: string, path: string, body?: unknown, correlationId?: string): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(correlationId === undefined ? {} : { "x-correlation-id": correlationId }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async agent(name: string): Promise<Agent> {
    const response = await this.call("POST", "/v1/agents", { name });
    const made = (await response.json()) as { id: string; apiKey: string; emailIdentities: { email: string }[] };
    return { id: made.id, name, key: made.apiKey, email: made.emailIdentities[0]?.email ?? "" };
  }

  /** Sends a mail as the holder of `key`. */
  send(key: string, to: string, subject: string, correlationId?: string): Promise<Response> {
    return new Api(this.#url, key).call("POST", "/v1/email/send", { to, subject, body: "Hello" }, correlationId);
  }
}

/** Gives an agent a number, and lets somebody text it. @returns the id of the conversation */
export async function conversation(api: Api, agentId: string): Promise<string> {
  const bought = await api.call("POST", "/v1/phone/provision", { agentId });
  const { phoneNumber: to } = (await bought.json()) as { phoneNumber: string };
  const text = { from: "+12125550110", to, body: "Where is my parcel? It should have been here on Tuesday." };
  await api.call("POST", "/v1/sandbox/inbound-sms", text);
  let threadId = "";
  await expect(async () => {
    const answer = await api.call("GET", `/v1/phone/sms/threads?agentId=${agentId}`);
    const { items } = (await answer.json()) as { items: { threadId: string }[] };
    threadId = items[0]?.threadId ?? "";
    expect(threadId).not.toBe("");
  }).toPass();
  return threadId;
}

type Session = { name: string; value: string; url: string };

/** Signs in with the master key. @returns the session's cookie */
export async function openSession(url: string): Promise<Session> {
  const response = await fetch(`${url}/api/trpc/session.signIn`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ key: MASTER_KEY }),
  });
  const [name, value] = response.headers.get("set-cookie")?.split(";")[0]?.split("=") ?? [];
  if (!name || !value) throw new Error(`not signed in: ${await response.text()}`);
  return { name, value, url };
}

/** Signs out by the menu. */
export async function signOut(page: Page): Promise<void> {
  // A menu that was opened while a page still arrives closes with the arrival.
  await expect(async () => {
    const item = page.getByRole("button", { name: "Sign out" });
    if (!(await item.isVisible())) await page.getByRole("button", { name: "Session" }).click();
    // Its first opening fetches the menu: an impatient second click would close it again.
    await item.click({ timeout: 5_000 });
  }).toPass();
}

/** A page of another browser that has the same session. Close its context when done. */
export async function secondWindow(browser: Browser, session: Session): Promise<Page> {
  const context = await browser.newContext({ baseURL: session.url });
  await context.addCookies([session]);
  return context.newPage();
}

type Fixtures = {
  api: Api;
  /** Set where the browser logs by itself what the test wants: a refusal, a server that is away. */
  refusalsExpected: boolean;
  /** Fails a test whose pages logged an error or a warning, as the browser does when the Content-Security-Policy is violated. */
  cleanConsole: undefined;
  /** A page that is signed in. */
  signedIn: Page;
};

export const test = base.extend<Fixtures, { anima: Anima; session: Session }>({
  browser: [
    async ({ browser }, use) => {
      const newContext = browser.newContext.bind(browser);
      browser.newContext = async (options) => waitsForScript(await newContext(options));
      await use(browser);
    },
    { scope: "worker" },
  ],
  anima: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const anima = await startAnima({
        INIT_ORG_NAME: "Acme Robotics",
        INIT_MASTER_KEY: MASTER_KEY,
        INIT_TIER: "SCALE",
      });
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  // One sign-in for all tests of a worker: sign-ins are limited per address.
  session: [
    async ({ anima }, use) => {
      await use(await openSession(anima.url));
    },
    { scope: "worker" },
  ],
  baseURL: async ({ anima }, use) => use(anima.url),
  api: async ({ anima }, use) => use(new Api(anima.url)),
  refusalsExpected: [false, { option: true }],
  cleanConsole: [
    async ({ context, refusalsExpected }, use) => {
      const problems: string[] = [];
      const watch = (page: Page) => {
        page.on("console", (message) => {
          if (isProblem(message, refusalsExpected))
            problems.push(`${message.type()}: ${message.text()} (${message.location().url})`);
        });
        page.on("pageerror", (error) => problems.push(error.message));
      };
      context.on("page", watch);
      await use(undefined);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ context, page, session }, use) => {
    await context.addCookies([session]);
    await use(page);
  },
});

function isProblem(message: ConsoleMessage, refusalsExpected: boolean): boolean {
  if (message.type() !== "error" && message.type() !== "warning") return false;
  return !(refusalsExpected && message.text().startsWith("Failed to load resource"));
}

/**
 * For what is about very long pages: where nothing draws but software, Chromium now and then draws no more frames of one,
 * while its timers go on. Then once more; the run lists it as flaky.
 */
export const LONG_PAGES = { retries: 1 };

/** What the page says of its connection: live, reconnecting, behind. */
export function liveState(page: Page): Locator {
  return page.getByRole("main").getByRole("status");
}

/** A click or a key before the page's script has taken over what the server sent is heard by nobody: pages that open wait. */
function waitsForScript(context: BrowserContext): BrowserContext {
  context.on("page", (page) => {
    const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
    page.goto = async (url, options) => {
      const response = await goto(url, options);
      await awake(page);
      return response;
    };
    page.reload = async (options) => {
      const response = await reload(options);
      await awake(page);
      return response;
    };
  });
  return context;
}

/** Waits until the page's script listens, where the page has one. */
async function awake(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const main = document.querySelector("main");
    return !main || Object.keys(main).some((key) => key.startsWith("__reactProps$"));
  });
  // What listens is put up after that, before the page is idle.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2_000 })));
}

/** The text of an element that is there once. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What a theme changes.
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * What axe finds on a page in both themes, or in the part that a selector names; empty is what every page must be. It does
 * not look into frames: the only one holds a mail, whose words are not ours, and runs no script, so that axe would wait in it
 * for ever.
 */
export async function axe(page: Page, within = "html"): Promise<string[]> {
  await page.locator(within).first().waitFor();
  await page.evaluate(axeCore.source);
  await showTheme(page, "light");
  const found = await runAxe(page, within, { type: "tag", values: AXE_TAGS });
  await showTheme(page, "dark");
  const dark = await runAxe(page, within, { type: "rule", values: COLOUR_RULES });
  await showTheme(page, "light");
  return [...found, ...dark.map((violation) => `dark: ${violation}`)];
}

/** Waits until what fades in, or changes its colour with the theme, has its own colours. */
async function showTheme(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.evaluate(async () => {
    const fades = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(fades.map(({ finished }) => finished));
  });
}

async function runAxe(page: Page, within: string, runOnly: axeCore.RunOnly): Promise<string[]> {
  const { violations } = await page.evaluate(
    ({ only, part }) =>
      (window as unknown as { axe: typeof axeCore }).axe.run(part, {
        iframes: false,
        resultTypes: ["violations"],
        runOnly: only,
      }),
    { only: runOnly, part: within },
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
