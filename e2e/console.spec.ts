import { Api, expect, liveState, MASTER_KEY, signOut, test, textOf } from "./support/console.ts";

test.describe("the door", () => {
  test("whoever is signed out is sent to the sign-in, and back to the page after it", async ({ page }) => {
    await page.goto("/audit?correlation=order%2F1");
    await expect(page).toHaveURL("/sign-in?to=%2Faudit%3Fcorrelation%3Dorder%252F1");
    await page.getByLabel("Master key").fill(MASTER_KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/audit?correlation=order%2F1");
    await expect(page.getByText("No events have this correlation id")).toBeVisible();
  });

  test("the sign-in leads to no other site", async ({ signedIn: page }) => {
    for (const to of ["https://evil.example/", "//evil.example/", "/\\evil.example/"]) {
      await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await expect(page).toHaveURL("/overview");
    }
  });

  test.describe("with a wrong key", () => {
    test.use({ refusalsExpected: true });

    test("the refusal says the code, the request id and what to do", async ({ page }) => {
      await page.goto("/sign-in");
      await page.getByLabel("Master key").fill("mk_wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      const alert = page.getByRole("alert").filter({ hasText: "This key is unknown" });
      await expect(alert.getByRole("link", { name: "UNAUTHORIZED" })).toHaveAttribute(
        "href",
        "/docs/errors/unauthorized",
      );
      await expect(alert.getByText(/^req_/)).toBeVisible();
    });
  });

  test("signing out ends the session, not only this browser's", async ({ page, context }) => {
    await page.goto("/sign-in");
    await page.getByLabel("Master key").fill(MASTER_KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/overview");
    const cookies = await context.cookies();
    await signOut(page);
    await expect(page).toHaveURL("/sign-in");
    // Even a kept copy of the cookie opens nothing.
    await context.addCookies(cookies);
    await page.goto("/agents");
    await expect(page).toHaveURL("/sign-in?to=%2Fagents");
  });

  test.describe("with two tabs", () => {
    // The other tab finds its session gone.
    test.use({ refusalsExpected: true });

    test("signing out closes both, and the tab that does it asks nothing more", async ({ page, context }) => {
      await page.goto("/sign-in?to=%2Flive");
      await page.getByLabel("Master key").fill(MASTER_KEY);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(liveState(page)).toHaveText("live");
      const other = await context.newPage();
      await other.goto("/live");
      await expect(liveState(other)).toHaveText("live");

      const refused: string[] = [];
      page.on("response", (response) => {
        if (response.status() === 401) refused.push(response.url());
      });
      // The answer comes after all that the end of the session brings about.
      await page.route("**/api/trpc/session.signOut*", async (route) => {
        const response = await route.fetch();
        await expect(other).toHaveURL("/sign-in?to=%2Flive");
        await route.fulfill({ response });
      });
      await signOut(page);
      await expect(page).toHaveURL("/sign-in");
      expect(refused).toEqual([]);
    });
  });
});

test.describe("agents", () => {
  test("an agent is created in the side sheet, and its key is shown once and works", async ({
    signedIn: page,
    api,
  }) => {
    await page.goto("/agents");
    await page.getByRole("button", { name: "Create agent" }).first().click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Name").fill("Support triage");
    await sheet.getByLabel("Address").fill("triage");
    await sheet.getByRole("button", { name: "Create agent" }).click();
    await expect(sheet.getByRole("heading", { name: "Support triage is ready" })).toBeVisible();
    const key = await textOf(sheet.getByLabel("key", { exact: true }));
    expect(key).toMatch(/^ak_[0-9A-Za-z]{49}$/);
    await expect(sheet.getByLabel("command")).toContainText(`Bearer ${key}`);

    // What is shown once is not lost by a stray click or key.
    await page.keyboard.press("Escape");
    await expect(sheet).toBeVisible();
    await sheet.getByRole("button", { name: "I have copied the key" }).click();
    await expect(sheet).toBeHidden();
    await expect(page.getByRole("link", { name: "Support triage" })).toBeVisible();
    expect(await page.content()).not.toContain(key);
    await page.reload();
    expect(await page.content()).not.toContain(key);

    expect((await api.send(key, "someone@example.com", "First mail")).status).toBe(201);
  });

  test.describe("that cannot be made", () => {
    test.use({ refusalsExpected: true });

    test("say why at the field", async ({ signedIn: page, api }) => {
      const taken = await api.agent("Taken address");
      await page.goto("/agents");
      await page.getByRole("button", { name: "Create agent" }).first().click();
      const sheet = page.getByRole("dialog");
      await sheet.getByLabel("Name").fill("Another");
      await sheet.getByLabel("Address").fill("not an address");
      await sheet.getByRole("button", { name: "Create agent" }).click();
      await expect(sheet.getByLabel("Address")).toHaveAttribute("aria-invalid", "true");
      await sheet.getByLabel("Address").fill(taken.email);
      await sheet.getByRole("button", { name: "Create agent" }).click();
      await expect(sheet.getByRole("alert").getByText("CONFLICT")).toBeVisible();
    });
  });

  test("pausing stops the agent's key, resuming lets it go on", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Pausable");
    await page.goto(`/agents/${agent.id}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByRole("dialog")).toContainText("Within a second its key can send nothing");
    await page.getByRole("button", { name: "Pause agent" }).click();
    await expect(page.getByText("paused", { exact: true })).toBeVisible();
    // The page shows what is asked for before the server has answered.
    const send = async () => (await api.send(agent.key, "someone@example.com", "May it send?")).status;
    await expect.poll(send).toBe(403);

    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Resume agent" }).click();
    await expect(page.getByText("active", { exact: true })).toBeVisible();
    await expect.poll(send).toBe(201);
  });

  test("rotating shows a new key once, and the old one is dead", async ({ signedIn: page, api, anima }) => {
    const agent = await api.agent("Rotatable");
    await page.goto(`/agents/${agent.id}`);
    await page.getByRole("button", { name: "Rotate key" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate key" }).click();
    const key = await textOf(page.getByRole("dialog").getByLabel("key", { exact: true }));
    const status = async (held: string) => (await new Api(anima.url, held).call("GET", "/v1/orgs/me")).status;
    expect(await status(key)).toBe(200);
    expect(await status(agent.key)).toBe(401);
  });

  test.describe("that end", () => {
    // The page may hear of the end, and ask once more, before it has left.
    test.use({ refusalsExpected: true });

    test("an agent is deleted only once its name was typed", async ({ signedIn: page, api }) => {
      const agent = await api.agent("Doomed");
      await page.goto(`/agents/${agent.id}`);
      await page.getByRole("button", { name: "Delete" }).click();
      const confirm = page.getByRole("button", { name: "Delete agent" });
      await page.getByLabel("Type Doomed to confirm").fill("Doome");
      await expect(confirm).toBeDisabled();
      await page.getByLabel("Type Doomed to confirm").fill("Doomed");
      await confirm.click();
      await expect(page).toHaveURL("/agents");
      await expect(page.getByRole("link", { name: "Doomed" })).toBeHidden();
      expect((await api.call("GET", `/v1/agents/${agent.id}`)).status).toBe(404);
    });
  });
});

test.describe("the log", () => {
  test("the live view shows what the API does, as it happens, and a row opens its chain", async ({
    signedIn: page,
    api,
  }) => {
    const agent = await api.agent("Live one");
    await page.goto("/live");
    await expect(liveState(page)).toHaveText("live");
    await api.send(agent.key, "kim@example.com", "Seen at once", "live-chain");
    const row = page.getByRole("row").filter({ hasText: "to kim@example.com: Seen at once" });
    await expect(row).toBeVisible();
    await row.getByRole("link", { name: "email.queued" }).click();
    await expect(page).toHaveURL(/\/audit\?correlation=live-chain&event=/);
    await expect(page.getByRole("region", { name: "Chain" })).toContainText("Seen at once");
  });

  test("a chain shows cause and effect in order, and refusals for what they are", async ({ signedIn: page, api }) => {
    const from = await api.agent("Sender");
    const to = await api.agent("Receiver");
    await api.send(from.key, to.email, "Chained", "chain-1");
    const chain = page.getByRole("region", { name: "Chain" });
    await expect(async () => {
      await page.goto("/audit?correlation=chain-1&view=list");
      await expect(chain.getByRole("listitem")).toHaveCount(3, { timeout: 1_000 });
    }).toPass();
    await api.call("PATCH", `/v1/agents/${from.id}`, { status: "PAUSED" }, "chain-2");
    await api.send(from.key, to.email, "Too late", "chain-1");
    await page.reload();

    const events = chain.getByRole("listitem");
    await expect(events).toHaveCount(4);
    await expect(events.nth(0)).toContainText("email.queued");
    await expect(events.nth(3)).toContainText("refused");
    await expect(events.nth(3)).toContainText("AGENT_PAUSED");
    const effect = events.filter({ hasText: "email.received" });
    await expect(effect).toContainText("caused by email.queued");
    await expect(effect).toContainText("Receiver");
    await expect(effect).toContainText("+");
    await expect(chain).toContainText("4, 1 refused");
  });

  test("a correlation id is found however it is written", async ({ signedIn: page, api }) => {
    const agent = await api.agent("Odd ids");
    const id = "../a?b=c&d#e%20+/";
    await api.send(agent.key, "kim@example.com", "Odd", id);
    await page.goto("/audit");
    await page.getByLabel("Correlation id").fill(id);
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page.getByRole("region", { name: "Chain" }).getByRole("button", { name: /^1 of 1/ })).toBeVisible();
  });
});

test.describe("what does not exist", () => {
  test.use({ refusalsExpected: true });

  test("an agent that is not there, and a page that is not there, say so", async ({ signedIn: page }) => {
    await page.goto("/agents/01ARZ3NDEKTSV4RRFFQ69G5FAV");
    await expect(page.getByText("There is no such agent.")).toBeVisible();
    expect((await page.goto("/nowhere"))?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  });
});
