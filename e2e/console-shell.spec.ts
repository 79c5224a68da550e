import { axe, expect, test } from "./support/console.ts";

test.describe("the Content-Security-Policy", () => {
  test("every page has a strict one with a nonce of its own; what is no page may do nothing", async ({
    anima,
    session,
  }) => {
    const cookie = `${session.name}=${session.value}`;
    const headersOf = async (path: string) => (await fetch(anima.url + path, { headers: { cookie } })).headers;
    const nonces = new Set<string>();
    for (const path of ["/sign-in", "/docs", "/docs/errors", "/agents", "/agents", "/nowhere"]) {
      const headers = await headersOf(path);
      const policy = headers.get("content-security-policy") ?? "";
      const nonce = /script-src 'self' 'nonce-([^']{24})' 'strict-dynamic';/.exec(policy)?.[1];
      expect(nonce, path).toBeDefined();
      nonces.add(nonce ?? "");
      expect(policy, path).not.toContain("unsafe-eval");
      expect(policy.replace("style-src-attr 'unsafe-inline'", ""), path).not.toContain("unsafe-inline");
      for (const directive of [
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "frame-src 'self'",
        "worker-src 'self'",
      ]) {
        expect(policy.split("; "), path).toContain(directive);
      }
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
      expect(headers.get("referrer-policy"), path).toBe("same-origin");
      expect(headers.get("x-powered-by"), path).toBeNull();
      // Plain HTTP: there is no HTTPS to insist on.
      expect(headers.get("strict-transport-security"), path).toBeNull();
    }
    expect(nonces.size).toBe(6);
    expect((await headersOf("/sign-in/link?token=x")).get("referrer-policy")).toBe("no-referrer");
    for (const path of ["/v1/orgs/me", "/api/trpc/session.current", "/api/nothing", "/healthz"]) {
      const headers = await headersOf(path);
      expect(headers.get("content-security-policy"), path).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    }
  });

  // That no page of ours violates it shows in every story: the browser says so in the console.
  test("keeps a script from running that somebody got into the page", async ({ browser, anima }) => {
    // A context of its own: the browser says in the console what it refused.
    const page = await browser.newPage();
    await page.route("**/sign-in", async (route) => {
      const response = await route.fetch();
      const evil =
        "<script>window.ran = 'inline'</script><script src='/v1/openapi.json'></script>" +
        "<img src=x: onerror=\"window.ran = 'attribute'\"><a id=evil href=\"javascript:window.ran = 'link'\">x</a>";
      await route.fulfill({ response, body: (await response.text()).replace("</body>", `${evil}</body>`) });
    });
    const refused: string[] = [];
    page.on("console", (message) => refused.push(message.text()));
    await page.goto(`${anima.url}/sign-in`);
    await page.locator("#evil").evaluate((link: HTMLElement) => link.click());
    await expect
      .poll(() => refused.filter((text) => /violates.*script-src/.test(text)).length)
      .toBeGreaterThanOrEqual(4);
    expect(await page.evaluate(() => (window as { ran?: string }).ran)).toBeUndefined();
    await page.close();
  });
});

test.describe("the navigation", () => {
  const PLACES = [
    "Overview",
    "Agents",
    "Live activity",
    "Audit",
    "Mail",
    "Calls",
    "Numbers",
    "Texts",
    "Compliance",
    "Billing",
    "Caps",
    "Keys",
    "Members",
    "Settings",
  ];

  test("leads to every page, says where one is, and shows a page that was seen at once", async ({ signedIn: page }) => {
    await page.goto("/agents");
    const navigation = page.getByRole("navigation", { name: "Console", exact: true });
    const names = await navigation.getByRole("link").allTextContents();
    expect(names).toEqual([...PLACES, "Documentation"]);
    await expect(navigation.getByRole("link", { name: "Agents" })).toHaveAttribute("aria-current", "page");
    const audit = navigation.getByRole("link", { name: "Audit" });
    await audit.click();
    await expect(page).toHaveURL("/audit");
    await expect(audit).toHaveAttribute("aria-current", "page");
    await navigation.getByRole("link", { name: "Agents" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
    // A second time nothing is asked for.
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.headers().rsc) asked.push(request.url());
    });
    await audit.click();
    await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
    expect(asked).toEqual([]);
  });

  test.describe("on a phone", () => {
    test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, contextOptions: { reducedMotion: "reduce" } });

    test("is at the bottom, with the rest behind a button", async ({ signedIn: page }) => {
      await page.goto("/agents");
      const bar = page.getByRole("navigation", { name: "Console, narrow" });
      await expect(bar.getByRole("link")).toHaveText(["Overview", "Agents", "Live", "Audit", "Mail"]);
      await bar.getByRole("button", { name: "More" }).tap();
      const more = page.getByRole("region", { name: "More pages" });
      await expect(more.getByRole("link")).toHaveText([...PLACES.slice(5), "Documentation"]);
      expect(await axe(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(more).toBeHidden();
      await page.getByRole("button", { name: "Session" }).tap();
      await expect(page.getByRole("region", { name: "Session" })).toContainText("Signed in to Acme Robotics");
      expect(await axe(page)).toEqual([]);
      await page.getByRole("button", { name: "Dark", exact: true }).tap();
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    });
  });
});

test.describe("the command palette", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("opens pages, agents and ids, and gives the focus back", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Palette parrot");
    await page.goto("/audit");
    const opener = page.getByRole("button", { name: /Find or do/ });
    await opener.focus();
    const input = page.getByRole("dialog").getByRole("combobox");
    const open = async (text: string) => {
      await page.keyboard.press("Control+k");
      await input.fill(text);
    };
    const option = (name: string | RegExp) => page.getByRole("dialog").getByRole("option", { name });

    await open("");
    await expect(option("Palette parrot")).toBeVisible();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(input).toBeHidden();
    await expect(opener).toBeFocused();

    await open("parrot");
    await option("Palette parrot").click();
    await expect(page).toHaveURL(`/agents/${agent.id}`);

    await open("live");
    await expect(option(/Live activity/)).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/live");

    await open("../odd?id=1&x");
    await option("Open chain ../odd?id=1&x").click();
    await expect(page).toHaveURL("/audit?correlation=..%2Fodd%3Fid%3D1%26x");

    await open(agent.id);
    await expect(option(`Open message ${agent.id}`)).toBeVisible();
    await option(`Open agent ${agent.id}`).click();
    await expect(page).toHaveURL(`/agents/${agent.id}`);

    await open("req_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    await expect(option(/Open request/)).toBeVisible();
    await input.fill("create");
    await option("Create an agent").click();
    await expect(page).toHaveURL("/agents?create=1");
  });

  test.describe("does things", () => {
    test.use({ refusalsExpected: true });

    test("pauses an agent after saying what stops, lets that be undone, and says why something failed", async ({
      signedIn: page,
      api,
    }) => {
      const agent = await api.agent("Palette pausable");
      const status = async () =>
        ((await (await api.call("GET", `/v1/agents/${agent.id}`)).json()) as { status: string }).status;
      const pause = async (action: string) => {
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog").getByRole("combobox").fill("pause");
        await page.getByRole("dialog").getByRole("option", { name: "Pause or resume an agent" }).click();
        await page.getByRole("dialog").getByRole("combobox").fill("Palette pausable");
        await page.getByRole("dialog").getByRole("option", { name: "Palette pausable" }).click();
        await page.getByRole("button", { name: action }).click();
      };
      await page.goto("/agents");
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill("pause");
      await page.getByRole("dialog").getByRole("option", { name: "Pause or resume an agent" }).click();
      await page.getByRole("dialog").getByRole("option", { name: "Palette pausable" }).click();
      await expect(page.getByRole("dialog")).toContainText("Within a second its key can send nothing on any channel");
      expect(await axe(page)).toEqual([]);
      // Escape goes back a step, not out.
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").getByRole("option", { name: "Palette pausable" }).click();
      await page.getByRole("button", { name: "Pause agent" }).click();
      const toasts = page.getByRole("region", { name: /Notification/ });
      await expect(toasts.getByText("Palette pausable is paused")).toBeVisible();
      expect(await axe(page)).toEqual([]);
      expect(await status()).toBe("PAUSED");
      await toasts.getByRole("button", { name: "Undo" }).click();
      await expect(toasts.getByText("Palette pausable is active again")).toBeVisible();
      expect(await status()).toBe("ACTIVE");

      await pause("Pause agent");
      await expect(toasts.getByText("Palette pausable is paused")).toBeVisible();
      await api.call("DELETE", `/v1/agents/${agent.id}`);
      await toasts.getByRole("button", { name: "Undo" }).click();
      const failed = toasts.getByRole("listitem").filter({ hasText: "Palette pausable was not changed" });
      await expect(failed.getByRole("link", { name: "NOT_FOUND" })).toBeVisible();
      await expect(failed.getByText(/^req_/)).toBeVisible();
      await failed.getByRole("button", { name: "Close the notification" }).click();
      await expect(failed).toBeHidden();
    });
  });
});

test("the keyboard goes to pages and to the page's search, lists what it does, and leaves fields alone", async ({
  signedIn: page,
}) => {
  await page.goto("/agents");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toContainText("Go to Audit");
  expect(await axe(page)).toEqual([]);
  // What is open must be answered first.
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await expect(page).toHaveURL("/agents");
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();

  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await expect(page).toHaveURL("/audit");
  const search = page.getByLabel("Correlation id");
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await page.keyboard.type("g/?ga");
  await expect(search).toHaveValue("g/?ga");
  await expect(page).toHaveURL("/audit");
  await search.blur();

  await page.keyboard.press("?");
  await page.getByLabel("Shortcuts of single keys are on").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await expect(page).toHaveURL("/audit");
});

test.describe("times", () => {
  test.use({ timezoneId: "America/New_York" });

  test("are in the browser's zone, later from the first byte on, and in the chosen one where one was chosen", async ({
    signedIn: page,
    context,
    api,
    anima,
  }) => {
    const agent = await api.agent("Timely");
    const created = ((await (await api.call("GET", `/v1/agents/${agent.id}`)).json()) as { createdAt: string })
      .createdAt;
    const inZone = (timeZone: string) =>
      new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(
        new Date(created),
      );
    const shown = page.locator(`time[datetime="${created}"]`);
    await page.goto(`/agents/${agent.id}`);
    await expect(shown.first()).toHaveAttribute("title", new RegExp(inZone("America/New_York")));
    await expect(shown.first()).toHaveAttribute("title", /GMT-[45] \(America\/New_York\)$/);
    const html = (await (await page.goto(`/agents/${agent.id}`))?.text()) ?? "";
    expect(html).toContain(inZone("America/New_York"));

    await context.addCookies([{ name: "anima_zone", value: encodeURIComponent("Asia/Tokyo"), url: anima.url }]);
    expect((await (await page.goto(`/agents/${agent.id}`))?.text()) ?? "").toContain(inZone("Asia/Tokyo"));
    await expect(shown.first()).toHaveAttribute("title", new RegExp(inZone("Asia/Tokyo")));

    // Nonsense in the cookie is as none.
    await context.addCookies([{ name: "anima_zone", value: "Mars%2FOlympus", url: anima.url }]);
    await page.goto(`/agents/${agent.id}`);
    await expect(shown.first()).toHaveAttribute("title", new RegExp(inZone("America/New_York")));
  });
});

test.describe("without a connection", () => {
  test.use({ refusalsExpected: true });

  test("the page says so, what is done fails with the reason, and it goes on by itself", async ({
    signedIn: page,
    context,
    api,
  }) => {
    await api.agent("Unreachable");
    await page.goto("/agents");
    const pause = async () => {
      await page.getByRole("link", { name: "Unreachable" }).click();
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Pause agent" }).click();
    };
    await page.getByRole("link", { name: "Unreachable" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await context.setOffline(true);
    await expect(page.getByText("This browser is offline.", { exact: false }).first()).toBeAttached();
    await page.getByRole("button", { name: "Pause agent" }).click();
    await expect(page.getByRole("alert").getByText("This browser is offline: nothing was sent.")).toBeVisible();
    await page.keyboard.press("Escape");
    await context.setOffline(false);
    await expect(page.getByText("This browser is offline.", { exact: false })).toHaveCount(0);

    // The browser is online, the server is not there.
    await page.goto("/agents");
    await page.route(/\/(api\/trpc|healthz)/, (route) => route.abort());
    await pause();
    await expect(page.getByRole("alert").getByText("The server does not answer.")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByText("it is tried again by itself")).toBeVisible();
    await page.unrouteAll();
    await expect(page.getByText("it is tried again by itself")).toBeHidden();
  });

  test("the page stays where it is, and what it has not loaded yet opens once there is one again", async ({
    signedIn: page,
    context,
    api,
  }) => {
    const agent = await api.agent("Stays here");
    await page.goto(`/agents/${agent.id}`);
    await context.setOffline(true);
    await expect(page.getByText("This browser is offline.", { exact: false })).toBeVisible();
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Stays here" })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/agents/${agent.id}$`));
    await context.setOffline(false);
    await expect(page.getByRole("dialog", { name: "Delete Stays here" })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await expect(page).toHaveURL(/\/overview$/);
  });
});
