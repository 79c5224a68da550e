import { afterEach, beforeEach, expect, it } from "vitest";
import { type MailHost, startMailHost } from "../../e2e/support/mail-host.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitFor } from "../support/wait.ts";
import { allMessages, createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";

const MAILS = 60;
// A second on a machine of its own; this one is shared with other tests.
const WITHIN_MS = 4_000;

let host: MailHost;
let installation: Installation;

beforeEach(async () => {
  host = await startMailHost();
  installation = await createInstallation({ env: { ...INIT_ENV, SMTP_RELAY_URL: host.url } });
});
afterEach(async () => {
  await installation.remove();
  await host.close();
});

it("the kill switch stops two processes within a second, in the middle of delivering; the rest stays and leaves after", async () => {
  const [first, second] = [await installation.start(), await installation.start()];
  const agent = await createAgent(first, "scout");
  const send = (server: ServerProcess, n: number) =>
    server.call<{ code: string }>("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: "ada@people.test", subject: `Mail ${n}`, body: "Hello" },
    });
  const organization = await first.call<{ id: string }>("GET", "/v1/orgs/me", { key: MASTER_KEY });
  const change = (server: ServerProcess, act: "stop" | "resume") =>
    server.call<{ status: string }>("POST", `/v1/orgs/${organization.body.id}/${act}`, { key: MASTER_KEY });
  let lastLeftAt = 0;
  host.behave((question) => {
    if (question.stage === "data") lastLeftAt = performance.now();
    return undefined;
  });
  const accepted = await Promise.all(Array.from({ length: MAILS }, (_, n) => send(n % 2 ? first : second, n)));
  expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([201]));

  expect((await change(first, "stop")).body.status).toBe("STOPPED");
  const stoppedAt = performance.now();
  for (const server of [second, first]) expect((await send(server, MAILS)).body.code).toBe("ORG_STOPPED");
  expect(performance.now() - stoppedAt).toBeLessThan(WITHIN_MS);
  await waitFor(
    async () => {
      const waiting = await allMessages(second, agent.key, "&status=QUEUED");
      expect(waiting.every(({ statusReason }) => statusReason === "ORG_STOPPED")).toBe(true);
    },
    { interval: 200 },
  );
  expect(lastLeftAt - stoppedAt).toBeLessThan(WITHIN_MS);
  const held = (await allMessages(second, agent.key, "&status=QUEUED")).length;
  expect(held + (await allMessages(second, agent.key, "&status=SENT")).length).toBe(MAILS);

  expect((await change(second, "resume")).body.status).toBe("ACTIVE");
  await waitFor(async () => expect(await allMessages(first, agent.key, "&status=SENT")).toHaveLength(MAILS), {
    interval: 200,
  });
});
