import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MailHost, sendReply, startMailHost } from "../../e2e/support/mail-host.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../server/platform/embedded-postgres.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitFor, waitUntil } from "../support/wait.ts";
import { openEventStream, type StreamedEvent } from "./support/event-stream.ts";
import { type Agent, allMessages, createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";
import { hurry, query } from "./support/queue.ts";

const CLIENTS = 8;

let host: MailHost;
let installation: Installation;

beforeEach(async () => {
  host = await startMailHost();
});
afterEach(async () => {
  await installation.remove();
  await host.close();
});

const start = () => installation.start({ SMTP_RELAY_URL: host.url });
const mail = (subject: string) => ({ to: "ada@people.test", subject, body: "Hello." });

/** One send that is repeated with its key while the server says that it cannot serve it now. @returns the 503s and the id */
async function sendUntilAccepted(server: ServerProcess, agent: Agent, subject: string) {
  for (let refusals = 0; ; refusals++) {
    const { status, headers, body } = await server.call<{ id: string; code: string }>("POST", "/v1/email/send", {
      key: agent.key,
      idempotencyKey: subject,
      body: mail(subject),
    });
    if (status === 201) return { id: body.id, refusals };
    expect(body).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
    expect(headers.get("retry-after")).toBe("1");
  }
}

async function allAreSent(server: ServerProcess, agent: Agent, expected: number): Promise<void> {
  await waitFor(
    async () => {
      const sent = await allMessages(server, agent.key, "&direction=OUTBOUND");
      expect(sent.filter((message) => message.status !== "SENT")).toEqual([]);
      expect(sent).toHaveLength(expected);
    },
    { interval: 500 },
  );
}

/** Follows as a browser does: whenever the stream ends, it connects again after the last event that it has seen. */
function followPersistently(server: ServerProcess): { seen: StreamedEvent[]; stop(): Promise<void> } {
  const seen: StreamedEvent[] = [];
  const { promise: stopped, resolve } = Promise.withResolvers<"stopped">();
  const follow = async () => {
    for (;;) {
      const lastEventId = seen.at(-1)?.id ?? 0;
      // A server that cannot serve the stream now is asked again.
      const stream = await openEventStream(server, MASTER_KEY, { lastEventId }).catch(() => null);
      const why = await Promise.race([stream?.ended, stopped]);
      seen.push(...(stream?.events ?? []));
      stream?.close();
      if (why === "stopped") return;
    }
  };
  const following = follow();
  return {
    seen,
    async stop() {
      resolve("stopped");
      await following;
    },
  };
}

async function newestEvent(server: ServerProcess): Promise<number> {
  const { body } = await server.call<{ items: { seq: number }[] }>("GET", "/v1/audit/events?limit=1", {
    key: MASTER_KEY,
  });
  return body.items[0]?.seq ?? 0;
}

/** Every event of the organisation, as the stream shows it. */
async function wholeStream(server: ServerProcess, last: (event: StreamedEvent) => boolean): Promise<StreamedEvent[]> {
  const stream = await openEventStream(server, MASTER_KEY, { lastEventId: 0 });
  await stream.waitFor(last);
  stream.close();
  return stream.events;
}

describe("a database that", () => {
  it("cuts all connections again and again costs 503s at most, and no accepted mail", async () => {
    installation = await createInstallation({ env: INIT_ENV });
    const server = await start();
    const agent = await createAgent(server, "scout");
    const follower = followPersistently(server);
    const subjects = Array.from({ length: 200 }, (_, n) => `Mail ${n}`);
    const ids = new Map<string, string>();
    const client = async () => {
      for (let subject = subjects.pop(); subject; subject = subjects.pop()) {
        ids.set(subject, (await sendUntilAccepted(server, agent, subject)).id);
      }
    };
    const sending = Promise.all(Array.from({ length: CLIENTS }, client));
    for (const reached of [10, 50, 90, 130, 170]) {
      await waitUntil(() => ids.size >= reached, { interval: 1 });
      const cut = await query(
        installation.databaseUrl as string,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
      );
      expect(cut.length).toBeGreaterThan(3);
    }
    await sending;
    await waitFor(async () => expect((await server.call("GET", "/readyz")).status).toBe(200));
    await allAreSent(server, agent, 200);
    const stored = await allMessages(server, agent.key);
    expect(new Map(stored.map((message) => [message.subject, message.id]))).toEqual(ids);
    const received = Map.groupBy(host.received, (each) => each.parsed.subject ?? "");
    expect(received.size).toBe(200);
    for (const copies of received.values()) expect(new Set(copies.map((copy) => copy.messageId)).size).toBe(1);

    const newest = await newestEvent(server);
    await wholeStream(server, (event) => event.seq === newest);
    await follower.stop();
    expect(follower.seen.map((event) => event.seq)).toEqual(Array.from({ length: newest }, (_, n) => n + 1));
    expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(server.output()).not.toContain("did not stop cleanly");
  });

  describe("stops and comes back", () => {
    let folder: string;
    let postgres: EmbeddedPostgres;

    const startDatabase = () =>
      startEmbeddedPostgres({
        dataDir: join(folder, "data"),
        onProgress: () => {},
        settings: { fsync: "off", shared_buffers: "16MB" },
      });

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "anima-fault-"));
      await chmod(folder, 0o755);
      postgres = await startDatabase();
    });
    afterEach(async () => {
      await postgres.stop();
      await rm(folder, { recursive: true });
    });

    it("is waited for: 503 and 451 meanwhile, then all goes on by itself", async () => {
      installation = await createInstallation({ database: { url: postgres.url }, env: INIT_ENV });
      const server = await start();
      const agent = await createAgent(server, "scout");
      const stream = await openEventStream(server, MASTER_KEY);
      // The peer has two mails in hand when the database stops, and takes them while it is away.
      const { promise: isAway, resolve: away } = Promise.withResolvers<void>();
      let inHand = 0;
      host.behave(async (question) => {
        if (question.stage !== "data") return undefined;
        inHand++;
        await isAway;
        return undefined;
      });
      for (const subject of ["First", "Second"]) await sendUntilAccepted(server, agent, subject);
      await waitUntil(() => inHand === 2);

      await postgres.stop();
      away();
      const refused = await server.call("POST", "/v1/email/send", { key: agent.key, body: mail("Never accepted") });
      expect(refused).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
      expect(await server.call("GET", "/healthz")).toMatchObject({ status: 200 });
      expect(await server.call("GET", "/readyz")).toMatchObject({ status: 503, body: { status: "not ready" } });
      const inbound = {
        smtpPort: server.smtpPort,
        from: "ada@people.test",
        to: agent.email,
        subject: "In",
        text: "Hi.",
      };
      await expect(sendReply(inbound)).rejects.toMatchObject({ responseCode: 451 });
      await waitUntil(() => host.received.every((each) => each.acknowledged));

      postgres = await startDatabase();
      await waitFor(async () => expect((await server.call("GET", "/readyz")).status).toBe(200));
      await sendUntilAccepted(server, agent, "Third");
      expect((await sendReply(inbound)).response).toMatch(/^250/);
      await allAreSent(server, agent, 3);
      expect(await allMessages(server, agent.key, "&direction=INBOUND")).toHaveLength(1);
      for (const subject of ["First", "Second"]) {
        const copies = host.received.filter((each) => each.parsed.subject === subject);
        expect(new Set(copies.map((copy) => copy.messageId)).size).toBe(1);
      }
      const newest = await newestEvent(server);
      await stream.waitFor((event) => event.seq === newest);
      const first = stream.events[0]?.seq ?? 0;
      expect(stream.events.map((event) => event.seq)).toEqual(stream.events.map((_, n) => first + n));
      stream.close();
      expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
      expect(server.output()).not.toContain("did not stop cleanly");
    });
  });
});

describe("the stream", () => {
  it("goes on after a restart where it was, without gap or double", async () => {
    installation = await createInstallation({ env: INIT_ENV });
    const first = await start();
    const agent = await createAgent(first, "scout");
    const before = await openEventStream(first, MASTER_KEY);
    const sends = (server: ServerProcess, name: string) =>
      Promise.all(Array.from({ length: 20 }, (_, n) => sendUntilAccepted(server, agent, `${name} ${n}`)));
    await sends(first, "Before");
    await before.waitFor((event) => event.event === "email.queued");
    // Some of what the first server wrote has no number yet when it stops.
    await Promise.all([sends(first, "At the end"), before.waitFor((event) => event.seq >= 15)]);
    await first.kill("SIGTERM");
    await before.ended;

    const second = await start();
    await sends(second, "After");
    const lastSeen = before.events.at(-1)?.id ?? 0;
    const after = await openEventStream(second, MASTER_KEY, { lastEventId: lastSeen });
    await allAreSent(second, agent, 60);
    const newest = await newestEvent(second);
    await after.waitFor((event) => event.seq === newest);
    after.close();

    const seen = [...before.events, ...after.events];
    expect(seen.map((event) => event.seq)).toEqual(
      Array.from({ length: newest - (before.events[0]?.seq ?? 0) + 1 }, (_, n) => (before.events[0]?.seq ?? 0) + n),
    );
    const replayed = await wholeStream(second, (event) => event.seq === newest);
    expect(replayed.slice(-seen.length)).toEqual(seen);
  });
});

describe("a burst of inbound mail while the server stops", () => {
  it("is stored as far as it was answered 250, and once only when it is sent again", async () => {
    installation = await createInstallation({ env: INIT_ENV });
    const first = await start();
    const agent = await createAgent(first, "scout");
    const acknowledged = new Set<string>();
    const unacknowledged = new Set<string>();
    const sendMail = (server: ServerProcess, subject: string) =>
      sendReply({
        smtpPort: server.smtpPort,
        from: "ada@localhost",
        to: agent.email,
        subject,
        text: `This is ${subject}.`,
        headers: {
          "Message-ID": `<${subject.replace(" ", "-")}@people.test>`,
          Date: "Mon, 02 Mar 2026 10:00:00 +0000",
        },
      });
    let next = 0;
    let stopped = false;
    const peer = async () => {
      while (!stopped) {
        const subject = `Burst ${next++}`;
        await sendMail(first, subject).then(
          () => acknowledged.add(subject),
          () => unacknowledged.add(subject),
        );
      }
    };
    const peers = Promise.all(Array.from({ length: CLIENTS }, peer));
    await waitUntil(() => acknowledged.size >= 30, { interval: 1 });
    const exit = await first.kill("SIGTERM");
    stopped = true;
    await peers;
    expect(exit).toEqual({ code: 0, signal: null });

    const second = await start();
    const stored = async () => (await allMessages(second, agent.key)).map((message) => message.subject);
    const kept = await stored();
    expect(new Set(kept).size).toBe(kept.length);
    expect([...acknowledged].filter((subject) => !kept.includes(subject))).toEqual([]);

    const again = [...acknowledged].slice(-3).concat([...unacknowledged].slice(0, 5));
    for (const subject of again) await sendMail(second, subject);
    const afterwards = await stored();
    expect(new Set(afterwards).size).toBe(afterwards.length);
    expect(new Set(afterwards)).toEqual(new Set([...kept, ...again]));
  });
});

describe("a job that waits", () => {
  it("is still there after a kill, and runs once", async () => {
    installation = await createInstallation({ env: INIT_ENV });
    const first = await start();
    const agent = await createAgent(first, "scout");
    host.behave((question) => (question.stage === "rcpt" ? { code: 450, text: "4.2.0 Later" } : undefined));
    await sendUntilAccepted(first, agent, "Deferred");
    await waitFor(async () => {
      const [message] = await allMessages(first, agent.key);
      expect(message?.statusReason).toContain("Later");
    });
    await first.kill("SIGKILL");
    host.behave();
    const second = await start();
    await hurry(installation.databaseUrl as string, "deliver-email");
    await allAreSent(second, agent, 1);
    expect(host.received).toHaveLength(1);
  });
});
