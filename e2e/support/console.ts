import AxeBuilder from "@axe-core/playwright";
import { test as base, type ConsoleMessage, expect, type Locator, type Page } from "@playwright/test";
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

type Fixtures = {
  api: Api;
  /** Set where the browser logs by itself what the test wants: a refusal, a server that is away. */
  refusalsExpected: boolean;
  /** Fails a test whose pages logged an error or a warning. */
  cleanConsole: undefined;
  /** A page that is signed in. */
  signedIn: Page;
};

export const test = base.extend<Fixtures, { anima: Anima; session: string }>({
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
      const response = await fetch(`${anima.url}/api/trpc/session.signIn`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: anima.url },
        body: JSON.stringify({ key: MASTER_KEY }),
      });
      const cookie = response.headers.get("set-cookie")?.split(";")[0];
      if (!cookie) throw new Error(`not signed in: ${await response.text()}`);
      await use(cookie);
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
          if (isProblem(message, refusalsExpected)) problems.push(`${message.type()}: ${message.text()}`);
        });
        page.on("pageerror", (error) => problems.push(error.message));
      };
      context.on("page", watch);
      await use(undefined);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
  signedIn: async ({ context, page, anima, session }, use) => {
    const [name = "", value = ""] = session.split("=");
    await context.addCookies([{ name, value, url: anima.url }]);
    await use(page);
  },
});

function isProblem(message: ConsoleMessage, refusalsExpected: boolean): boolean {
  if (message.type() !== "error" && message.type() !== "warning") return false;
  return !(refusalsExpected && message.text().startsWith("Failed to load resource"));
}

/** The text of an element that is there once. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

/** What axe finds on a page; empty is what every page must be. */
export async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
