import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Browser, Locator, Page } from "@playwright/test";
import { freePort } from "../test/support/free-port.ts";
import { startAnima } from "./support/anima.ts";
import { type Api, test as base, expect, MASTER_KEY } from "./support/console.ts";
import { type MailHost, sendReply, startMailHost } from "./support/mail-host.ts";

type Post = { host: MailHost; smtpPort: number };

/** A server that takes mail from outside and hands its own to a mail host. */
const test = base.extend<object, { post: Post }>({
  post: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
    async ({}, use) => {
      const host = await startMailHost();
      await use({ host, smtpPort: await freePort() });
      await host.close();
    },
    { scope: "worker" },
  ],
  anima: [
    async ({ post }, use) => {
      const anima = await startAnima({
        INIT_ORG_NAME: "Acme Robotics",
        INIT_MASTER_KEY: MASTER_KEY,
        INIT_TIER: "SCALE",
        SMTP_PORT: String(post.smtpPort),
        SMTP_RELAY_URL: post.host.url,
      });
      await use(anima);
      await anima.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

/** A second browser of the same person. */
async function anotherBrowser(browser: Browser, page: Page): Promise<Page> {
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  return context.newPage();
}

const rows = (page: Page) => page.getByRole("list", { name: "Threads" }).getByRole("listitem");
const row = (page: Page, what: string) => rows(page).filter({ hasText: what });
const mailOf = (page: Page, sender: string) => page.getByRole("article", { name: `Mail from ${sender}` });

/** The id of a mail that arrived, once it is there. */
async function arrived(api: Api, subject: string): Promise<string> {
  let id = "";
  await expect(async () => {
    const response = await api.call("GET", "/v1/messages?direction=INBOUND&includeSpam=true&limit=50");
    const { items } = (await response.json()) as { items: { id: string; subject: string }[] };
    id = items.find((message) => message.subject === subject)?.id ?? "";
    expect(id).not.toBe("");
  }).toPass();
  return id;
}

test("a mail appears by itself in every open browser, is answered, and the answer reaches its sender", async ({
  signedIn: page,
  browser,
  api,
  post,
}) => {
  const agent = await api.agent("Answering");
  await page.goto(`/mail?agent=${agent.id}`);
  await expect(page.getByText("Nothing here")).toBeVisible();
  const second = await anotherBrowser(browser, page);
  await second.goto(page.url());

  const mail = { from: "carol@people.test", to: agent.email, subject: "Order 4711", text: "Where is my parcel?" };
  const { messageId } = await sendReply({ smtpPort: post.smtpPort, ...mail });
  for (const each of [page, second]) await expect(row(each, "Order 4711")).toContainText("Where is my parcel?");

  await row(page, "Order 4711").getByRole("link").click();
  await expect(mailOf(page, "carol@people.test")).toContainText("Where is my parcel?");
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  const form = page.getByRole("form", { name: "Reply" });
  await form.getByLabel("Text").fill("It is on its way.");
  await form.getByRole("button", { name: "Send" }).click();

  const answer = await post.host.waitForMail((each) => each.envelope.to.includes("carol@people.test"));
  expect(answer.parsed).toMatchObject({ subject: "Re: Order 4711", inReplyTo: `<${messageId}>` });
  expect(answer.parsed.text).toContain("It is on its way.");
  expect(answer.parsed.text).toContain("> Where is my parcel?");
  const sent = mailOf(page, agent.email);
  await expect(sent.getByRole("region", { name: "Delivery" })).toContainText("Handed over");
  await expect(sent.getByRole("region", { name: "Delivery" })).toContainText("carol@people.test 250");

  // The answer to the answer stands in the same thread, in both.
  const subject = "Re: Order 4711";
  const thanks = { from: mail.from, to: agent.email, subject, text: "Thanks!", inReplyTo: answer.messageId ?? "" };
  await sendReply({ smtpPort: post.smtpPort, ...thanks });
  await expect(page.getByRole("list", { name: "Mails of the thread" }).getByRole("article").last()).toContainText(
    "Thanks!",
  );
  await expect(rows(second)).toHaveCount(1);
  await expect(row(second, "Thanks!")).toBeVisible();
  await second.context().close();
});

test.describe("an HTML mail of somebody who means harm", () => {
  type Hit = { path: string; headers: IncomingHttpHeaders };
  let trap: Server;
  let url: string;
  let hits: Hit[];

  test.beforeAll(async () => {
    trap = createServer((request, response) => {
      hits.push({ path: request.url ?? "", headers: request.headers });
      response.setHeader("content-type", request.url?.endsWith(".png") ? "image/png" : "text/html");
      response.end(request.url?.endsWith(".png") ? PNG : `<link rel="icon" href="data:,"><p>the trap</p>`);
    });
    await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  });
  test.beforeEach(() => {
    hits = [];
  });
  test.afterAll(() => new Promise<void>((resolve) => void trap.close(() => resolve())));

  const hostile = () => `<html><head>
    <meta http-equiv="refresh" content="0;url=${url}/refresh"><base href="${url}/">
    <link rel="stylesheet" href="${url}/link.css"><link rel="dns-prefetch" href="${url}"><link rel="preload" as="image" href="${url}/preload.png">
    <style>@import "${url}/import.css"; @font-face { font-family: f; src: url(${url}/font) } p { font-family: f; background: url(${url}/css.png) }</style>
    </head><body background="${url}/background.png" onload="document.title='run'; top.location='${url}/onload'">
    <p style="background: \\75 rl(${url}/escaped.png)">Dear friend</p>
    <script>top.document.title = "run"; fetch("${url}/fetch"); alert(1)</script>
    <svg onload="alert(2)"><image href="${url}/svg.png"/></svg>
    <img src="${url}/pixel.png" onerror="alert(3)"><img src="x" onerror="fetch('${url}/onerror')">
    <img src="cid:logo" alt="Our logo">
    <iframe src="${url}/frame"></iframe><object data="${url}/object"></object><embed src="${url}/embed">
    <video src="${url}/video" poster="${url}/poster.png" autoplay></video><audio src="${url}/audio" autoplay></audio>
    <form action="${url}/form" method="post"><input name="password" autofocus><button>Confirm your account</button></form>
    <a href="javascript:alert(4)">script link</a> <a href="data:text/html,<script>alert(5)</script>">data link</a>
    <a href="${url}/visit" ping="${url}/ping">web link</a>
    </body></html>`;

  /** Waits until the frame of the mail has all that it fetches. */
  async function loaded(page: Page): Promise<void> {
    const frame = await (await page.locator("iframe").elementHandle())?.contentFrame();
    await frame?.waitForLoadState("load");
  }

  async function receive(api: Api, post: Post, subject: string): Promise<string> {
    const agent = await api.agent(subject);
    const logo = { filename: "logo.png", content: PNG, contentType: "image/png", cid: "logo" };
    const mail = { from: "evil@people.test", to: agent.email, subject, text: "Dear friend", html: hostile() };
    await sendReply({ smtpPort: post.smtpPort, ...mail, attachments: [logo] });
    return arrived(api, subject);
  }

  test("runs nothing and fetches nothing; images come only when they are asked for, and learn nothing", async ({
    signedIn: page,
    context,
    api,
    post,
  }) => {
    const id = await receive(api, post, "Hostile");
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await context.addCookies([
      { name: "known", value: "you", domain: "127.0.0.1", path: "/", secure: true, sameSite: "None" },
    ]);
    await page.goto(`/mail?message=${id}&view=html`);
    const frame = page.frameLocator("iframe");
    await expect(frame.getByText("Dear friend")).toBeVisible();
    const logo = frame.getByRole("img", { name: "Our logo" });
    await expect(logo).toHaveAttribute("src", /^data:image\/png;base64,/);
    await expect(
      frame.locator("script, form, input, iframe, object, embed, svg, video, meta[http-equiv], link, base"),
    ).toHaveCount(0);
    const element = page.locator("iframe");
    expect(await element.getAttribute("sandbox")).toBe("allow-popups allow-popups-to-escape-sandbox");

    for (const name of ["script link", "data link"]) {
      const link = frame.getByText(name, { exact: true });
      expect(await link.getAttribute("href")).toBeNull();
      await link.click();
    }
    await loaded(page);
    expect(context.pages()).toHaveLength(1);

    const [opened] = await Promise.all([context.waitForEvent("page"), frame.getByText("web link").click()]);
    await expect(opened.getByText("the trap")).toBeVisible();
    expect(await opened.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
    // Whatever would have been fetched by itself would have come before.
    expect(hits.map(({ path }) => path)).toEqual(["/visit"]);
    expect(hits[0]?.headers).toMatchObject({ cookie: "known=you" });
    expect(hits[0]?.headers.referer).toBeUndefined();
    await opened.close();

    hits = [];
    await page.getByRole("button", { name: "Load remote images" }).click();
    await expect(element).toHaveAttribute("src", /images=1$/);
    await loaded(page);
    const allowed = ["/background.png", "/css.png", "/pixel.png"];
    expect([...new Set(hits.map(({ path }) => path))].sort()).toEqual(allowed);
    for (const { headers } of hits) {
      expect(headers.cookie).toBeUndefined();
      expect(headers.referer).toBeUndefined();
    }
    // Not remembered: the next look is as shut as the first.
    hits = [];
    await page.reload();
    await expect(frame.getByText("Dear friend")).toBeVisible();
    await loaded(page);
    expect(hits).toEqual([]);

    expect(dialogs).toEqual([]);
    expect(await page.title()).toContain("Mail");
    expect(new URL(page.url()).pathname).toBe("/mail");
  });

  test("would do nothing even if it came through as it was written: the policy alone stops it", async ({
    signedIn: page,
    browser,
    api,
    post,
  }) => {
    const id = await receive(api, post, "Unwashed");
    // The browser says on its console what it stops, so this is a browser whose console nobody watches.
    const alone = await anotherBrowser(browser, page);
    const dialogs: string[] = [];
    alone.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await alone.route("**/api/mail-html/**", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: hostile() });
    });
    await alone.goto(`/mail?message=${id}&view=html`);
    const frame = alone.frameLocator("iframe");
    await expect(frame.getByText("Dear friend")).toBeVisible();
    await frame.getByRole("button", { name: "Confirm your account" }).click();
    await frame.getByText("script link").click();
    await loaded(alone);
    expect(hits.map(({ path }) => path)).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(await alone.title()).toContain("Mail");
    await alone.context().close();
  });
});

test("each attempt is shown in the other side's own words, also while the page is open", async ({
  signedIn: page,
  api,
  post,
}) => {
  post.host.behave((question) => {
    if (question.stage !== "rcpt") return undefined;
    if (question.to === "gone@people.test") return { code: 550, text: "5.1.1 Nobody of that name" };
    return question.to === "busy@people.test" ? { code: 451, text: "4.7.1 Call again" } : undefined;
  });
  const agent = await api.agent("Trying");
  await page.goto(`/mail?box=bounced&agent=${agent.id}`);
  await expect(page.getByText("Nothing came back")).toBeVisible();
  await api.send(agent.key, "gone@people.test", "Are you there?", "trying-1");
  await api.send(agent.key, "busy@people.test", "Answer please", "trying-2");
  await expect(row(page, "Are you there?")).toContainText("550 5.1.1 Nobody of that name");
  await row(page, "Are you there?").getByRole("link").click();
  const delivery = page.getByRole("region", { name: "Delivery" });
  await expect(delivery).toContainText("Refused");
  await expect(delivery).toContainText("gone@people.test 550 5.1.1 Nobody of that name");

  await page.getByRole("link", { name: "Outbox", exact: true }).click();
  await row(page, "Answer please").getByRole("link").click();
  await expect(delivery).toContainText("Put off");
  await expect(delivery).toContainText("busy@people.test 451 4.7.1 Call again");
  await expect(delivery).toContainText("next attempt");
  post.host.behave();
  await delivery.getByRole("link", { name: "Open its chain" }).click();
  await expect(page).toHaveURL(/\/audit\?correlation=trying-2&event=/);
});

test("mail is found by its words, everywhere; and Back leads through what was looked at", async ({
  signedIn: page,
  api,
}) => {
  const [one, two] = [await api.agent("Finder one"), await api.agent("Finder two")];
  await api.send(one.key, two.email, "A walrus arrives");
  await api.send(two.key, one.email, "Of ships and sealing wax");
  await arrived(api, "A walrus arrives");
  await arrived(api, "Of ships and sealing wax");
  const at = (state: object) => expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual(state);
  await page.goto(`/mail?agent=${two.id}`);
  await expect(row(page, "A walrus arrives")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search mail" }).fill("sealing wax");
  await page.keyboard.press("Enter");
  await expect(row(page, "Of ships and sealing wax")).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await at({ box: "all", agent: two.id, q: "sealing wax" });

  await page.getByRole("link", { name: "All agents" }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("link", { name: "Inbox" }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("link", { name: "Bounced", exact: true }).click();
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("button", { name: "Search all mail" }).click();
  await expect(rows(page)).toHaveCount(2);
  const q = "sealing wax";
  for (const state of [
    { box: "bounced", q },
    { q },
    { box: "all", q },
    { box: "all", agent: two.id, q },
    { agent: two.id },
  ]) {
    await page.goBack();
    await at(state);
  }
  await expect(row(page, "A walrus arrives")).toBeVisible();
});

test.describe("labels", () => {
  test.use({ refusalsExpected: true });

  test("change at once, in both browsers; and go back, with the reason, where they are refused", async ({
    signedIn: page,
    browser,
    api,
  }) => {
    const [sender, agent] = [await api.agent("Labelling"), await api.agent("Labelled")];
    await api.send(sender.key, agent.email, "Sort me");
    const id = await arrived(api, "Sort me");
    const second = await anotherBrowser(browser, page);
    for (const each of [page, second]) {
      await each.goto(`/mail?agent=${agent.id}&message=${id}`);
      await expect(mailOf(each, sender.email)).toBeVisible();
    }
    const add = async (label: string) => {
      await page.getByRole("button", { name: "Label", exact: true }).click();
      await page.getByLabel("New label").fill(label);
      await page.keyboard.press("Enter");
    };
    await add("Important");
    await expect(row(second, "Sort me")).toContainText("important");
    await expect(second.getByRole("link", { name: "important" })).toBeVisible();

    await second.getByRole("button", { name: "Mark as read" }).click();
    await expect(page.getByRole("button", { name: "Mark as unread" })).toBeVisible();

    await add("no,comma");
    await expect(page.getByRole("alert").filter({ hasText: "VALIDATION_ERROR" })).toContainText("must be letters");
    await expect(page.getByRole("button", { name: "Remove label no,comma" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Remove label important" })).toBeVisible();

    await page.keyboard.press("e");
    for (const each of [page, second]) await expect(row(each, "Sort me")).toHaveCount(0);
    await page.getByRole("link", { name: "Archive", exact: true }).click();
    await expect(row(page, "Sort me")).toBeVisible();
    await second.getByRole("button", { name: "Move to the inbox" }).click();
    await expect(row(second, "Sort me")).toBeVisible();
    await second.getByRole("button", { name: "Remove label important" }).click();
    await expect(row(second, "important")).toHaveCount(0);
    await second.context().close();
  });

  test("what is wrong with a mail is said at its field, and nothing is sent", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Careful");
    await page.goto(`/mail?compose=new&agent=${agent.id}`);
    const form = page.getByRole("form", { name: "New mail" });
    await form.getByLabel("To").fill("kim@people.test, nobody");
    await form.getByLabel("Subject").fill("Half an address");
    await form.getByLabel("Text").fill("Hello");
    await form.getByRole("button", { name: "Send" }).click();
    await expect(form.getByLabel("To")).toHaveAttribute("aria-invalid", "true");
    await expect(form.getByText("nobody is not an e-mail address")).toBeVisible();

    await api.call("PATCH", `/v1/agents/${agent.id}`, { status: "PAUSED" });
    await expect(form.getByRole("list", { name: "What will happen" })).toContainText("This agent is paused");
    await form.getByLabel("To").fill("kim@people.test");
    await form.getByRole("button", { name: "Send" }).click();
    await expect(form.getByRole("alert")).toContainText("AGENT_PAUSED");
  });
});

test("a draft outlives navigation and reload, goes out once with its files, and is gone then", async ({
  signedIn: page,
  api,
  post,
}) => {
  const agent = await api.agent("Writer");
  await page.goto("/mail");
  await page.keyboard.press("c");
  const form = page.getByRole("form", { name: "New mail" });
  await form.getByLabel("From").selectOption({ value: agent.id });
  await form.getByLabel("To").fill("kim@people.test");
  await form.getByText("Cc and Bcc").click();
  await form.getByLabel("Bcc").fill('"Boss, The" <boss@people.test>');
  await form.getByLabel("Subject").fill("Slowly written");
  await form.getByLabel("Text").fill("First half,");
  await page.getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await page.goBack();
  await expect(form.getByLabel("Text")).toHaveValue("First half,");
  await page.reload();
  await expect(form.getByLabel("Bcc")).toHaveValue('"Boss, The" <boss@people.test>');
  await expect(form.getByLabel("From")).toHaveValue(agent.id);
  await form.getByLabel("Text").fill("First half, second half.");
  const page1 = { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") };
  await form.getByLabel("Attach files").setInputFiles([page1]);
  await form.getByRole("button", { name: "Send" }).dblclick();

  const sent = mailOf(page, agent.email);
  await expect(sent).toContainText("First half, second half.");
  await expect(sent.getByRole("region", { name: "Delivery" })).toContainText("Handed over");
  const copies = post.host.received.filter((mail) => mail.parsed.subject === "Slowly written");
  expect(copies.map((mail) => mail.envelope.to)).toEqual([["kim@people.test", "boss@people.test"]]);
  expect(copies[0]?.raw.toString()).not.toContain("boss@people.test");

  // The file is saved, never opened here, and the source is what the peer got.
  const save = async (link: Locator) => {
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    return [download.suggestedFilename(), await text(await download.createReadStream())];
  };
  expect(await save(sent.getByRole("link", { name: "page.html" }))).toEqual(["page.html", "<script>alert(1)</script>"]);
  await sent.getByRole("link", { name: "Source" }).click();
  await expect(sent.getByRole("region", { name: "Source" })).toContainText("Subject: Slowly written");
  const [name, source] = await save(sent.getByRole("link", { name: "Save all of it" }));
  expect(name).toMatch(/^\w{26}\.eml$/);
  expect(source).toBe(copies[0]?.raw.toString());

  await page.getByRole("button", { name: "Write" }).click();
  await expect(form.getByLabel("Subject")).toHaveValue("");
});

test.describe("a mail whose answer was lost", () => {
  test.use({ refusalsExpected: true });

  test("goes out once if it is sent again, and can be changed", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Lost answers");
    const sent = async () => {
      const answer = await api.call("GET", `/v1/messages?direction=OUTBOUND&agentId=${agent.id}&limit=50`);
      const { items } = (await answer.json()) as { items: { subject: string }[] };
      return items.map(({ subject }) => subject);
    };
    const send = page.getByRole("form", { name: "New mail" }).getByRole("button", { name: "Send" });
    const lose = () =>
      page.route(
        "**/api/trpc/mail.send**",
        async (route) => {
          await route.fetch();
          await route.abort();
        },
        { times: 1 },
      );
    const write = async (subject: string) => {
      await page.goto(`/mail?compose=new&agent=${agent.id}`);
      const form = page.getByRole("form", { name: "New mail" });
      await form.getByLabel("To").fill("kim@people.test");
      await form.getByLabel("Subject").fill(subject);
      await form.getByLabel("Text").fill("Hello");
      await lose();
      await send.click();
      await expect(form.getByRole("alert")).toBeVisible();
    };

    await write("Sent again");
    await send.click();
    await expect(page.getByRole("heading", { name: "Sent again" })).toBeVisible();
    expect(await sent()).toEqual(["Sent again"]);

    await write("Sent and changed");
    await page.getByRole("form", { name: "New mail" }).getByLabel("Subject").fill("Changed");
    await send.click();
    await expect(page.getByRole("heading", { name: "Changed" })).toBeVisible();
    expect(await sent()).toEqual(["Changed", "Sent and changed", "Sent again"]);
  });
});

test("everything is done by keyboard, and letters that are typed stay letters", async ({ signedIn: page, api }) => {
  const [sender, agent] = [await api.agent("Typist"), await api.agent("Typed to")];
  for (const subject of ["First of three", "Second of three", "Third of three"]) {
    await api.send(sender.key, agent.email, subject);
    await arrived(api, subject);
  }
  await page.goto(`/mail?agent=${agent.id}`);
  await expect(rows(page)).toHaveCount(3);
  const heading = page.getByRole("heading", { level: 2 }).filter({ hasText: "of three" });
  for (const [key, subject] of [
    ["j", "Third"],
    ["j", "Second"],
    ["j", "First"],
    ["k", "Second"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(heading).toHaveText(`${subject} of three`);
  }
  const search = page.getByRole("searchbox", { name: "Search mail" });
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await page.keyboard.type("jkreu");
  await expect(search).toHaveValue("jkreu");
  await expect(heading).toHaveText("Second of three");
  await page.keyboard.press("Tab");
  await page.keyboard.press("e");
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press("f");
  await expect(page.getByRole("form", { name: "Forward" })).toBeVisible();
});

test("the page's keys are listed, and are off where single keys are", async ({ signedIn: page }) => {
  await page.goto("/mail");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toContainText("Reply to all");
  await list.getByLabel("Shortcuts of single keys are on").uncheck();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await page.keyboard.press("c");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await expect(page).toHaveURL("/mail");
});

test("another page does not list them", async ({ signedIn: page }) => {
  await page.goto("/mail");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL("/agents");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toContainText("Go to Mail");
  await expect(list).not.toContainText("Reply to all");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("one pane is shown at a time, and Back leads from one to the other", async ({ signedIn: page, api }) => {
    const [sender, agent] = [await api.agent("Pocket"), await api.agent("Pocketed")];
    await api.send(sender.key, agent.email, "Small screen");
    const id = await arrived(api, "Small screen");
    await page.goto(`/mail?agent=${agent.id}`);
    const boxes = page.getByRole("navigation", { name: "Mail" });
    await expect(boxes).toBeHidden();
    await row(page, "Small screen").getByRole("link").click();
    await expect(mailOf(page, sender.email)).toBeVisible();
    await expect(rows(page)).toBeHidden();
    await page.goBack();
    await expect(row(page, "Small screen")).toBeVisible();
    await page.getByRole("link", { name: "Inbox" }).click();
    await expect(boxes).toBeVisible();
    await expect(rows(page)).toBeHidden();
    await boxes.getByRole("link", { name: "All mail" }).click();
    await expect(row(page, "Small screen")).toBeVisible();
    await page.goto(`/mail?message=${id}`);
    await page.getByRole("link", { name: "Back to the list" }).first().click();
    await expect(mailOf(page, sender.email)).toBeHidden();
  });
});

base.describe("without a relay", () => {
  base("mail that waits for one is in the outbox, with the reason and what to do", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Waiting");
    await api.send(agent.key, "far@example.com", "Held back");
    await page.goto("/mail?box=outbox");
    await expect(page.getByRole("complementary", { name: "Mail relay" })).toContainText("SMTP_RELAY_URL");
    const held = row(page, "Held back");
    await expect(held).toContainText("To far@example.com");
    await expect(held).toContainText("No mail relay is configured.");
    await held.getByRole("link").click();
    const delivery = page.getByRole("region", { name: "Delivery" });
    await expect(delivery).toContainText("Held");
    await expect(delivery).toContainText("No mail relay is configured.");
    await page.getByRole("link", { name: "local outbox" }).click();
    await expect(page).toHaveURL("/mail?box=outbox");
  });

  base("the page comes complete: the thread is in the first answer", async ({ signedIn: page, api }) => {
    const [sender, agent] = [await api.agent("Early"), await api.agent("Bird")];
    await api.send(sender.key, agent.email, "In the first bytes");
    const id = await arrived(api, "In the first bytes");
    const html = (await (await page.goto(`/mail?message=${id}`))?.text()) ?? "";
    expect(html).toContain("In the first bytes");
    expect(html).toContain("Open its chain");
  });
});

base.describe("what does not exist", () => {
  base.use({ refusalsExpected: true });

  base("a mail that is not there says so", async ({ signedIn: page }) => {
    await page.goto("/mail?message=01ARZ3NDEKTSV4RRFFQ69G5FAV");
    await expect(page.getByText("There is no such message.")).toBeVisible();
  });
});

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
