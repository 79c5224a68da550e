import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { openTransaction } from "../transaction.ts";
import { createSignInLink, createStartLink, inspectSignInLink, useSignInLink } from "./links.ts";
import { visitor } from "./test-support.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ PUBLIC_URL: "https://anima.example" });
});
afterAll(() => app.close());

const tokenOf = (url: string) => new URL(url).searchParams.get("token") as string;
const use = (token: string) => openTransaction(app.runtime, (tx) => useSignInLink(app.runtime, tx, token, visitor));

test("the start link leads to the setup as long as the operator has no organisation, then into it", async () => {
  const first = await createStartLink(app.runtime);
  expect(first.purpose).toBe("setup");
  expect(first.url).toMatch(/^https:\/\/anima\.example\/sign-in\/link\?token=[\w-]{43}$/);

  const { orgId } = await app.organisation();
  const second = await createStartLink(app.runtime);
  expect(second.purpose).toBe("sign-in");
  expect(await use(tokenOf(second.url))).toBe(orgId);
});

test("looking at a link does not use it up", async () => {
  const token = tokenOf(await createSignInLink(app.runtime, null));
  expect(await inspectSignInLink(app.runtime, token)).toBe("setup");
  expect(await inspectSignInLink(app.runtime, token)).toBe("setup");
  expect(await use(token)).toBeNull();
  expect(await inspectSignInLink(app.runtime, token)).toBe("dead");
});

test("of two who use a link at the same instant, one gets in", async () => {
  const { orgId } = await app.organisation();
  const token = tokenOf(await createSignInLink(app.runtime, orgId));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => use(token)));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  expect(refused?.reason).toMatchObject({ code: "UNAUTHORIZED", details: { reason: "USED" } });
});

test("a link dies after 15 minutes, and the refusal is meant for its organisation's log", async () => {
  const { orgId } = await app.organisation();
  const token = tokenOf(await createSignInLink(app.runtime, orgId));
  app.clock.advanceSeconds(15 * 60 - 1);
  expect(await inspectSignInLink(app.runtime, token)).toBe("sign-in");
  app.clock.advanceSeconds(1);
  expect(await inspectSignInLink(app.runtime, token)).toBe("dead");
  await expect(use(token)).rejects.toMatchObject({
    code: "UNAUTHORIZED",
    denied: { orgId, event: "console.session.refused", result: "DENIED", data: { reason: "LINK_EXPIRED" } },
  });
});

test("a link that nobody made opens nothing", async () => {
  expect(await inspectSignInLink(app.runtime, "made-up")).toBe("dead");
  await expect(use("made-up")).rejects.toMatchObject({ code: "UNAUTHORIZED", denied: undefined });
});
