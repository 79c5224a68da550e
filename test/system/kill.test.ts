import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MailHost, type ReceivedMail, startMailHost } from "../../e2e/support/mail-host.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitFor, waitUntil } from "../support/wait.ts";
import { type Agent, allMessages, createAgent, INIT_ENV } from "./support/organisation.ts";

const SENDS = 300;
const CLIENTS = 32;

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

/** Answered sends: the number in the subject and the id in the answer. */
type Answered = Map<number, string>;

async function send(server: ServerProcess, agent: Agent, n: number): Promise<string> {
  const { status, body } = await server.call<{ id: string }>("POST", "/v1/email/send", {
    key: agent.key,
    idempotencyKey: `send-${n}`,
    body: { to: "ada@people.test", subject: `Mail ${n}`, body: `This is mail ${n}.` },
  });
  if (status !== 201) throw new Error(`Mail ${n} was refused: ${status} ${JSON.stringify(body)}`);
  return body.id;
}

/** Sends the numbers from `first` to `last`, many at a time, until they are through or the connections break. */
async function sendMany(server: ServerProcess, agent: Agent, first: number, last: number, answered: Answered) {
  let next = first;
  const client = async () => {
    while (next <= last) {
      const n = next++;
      answered.set(n, await send(server, agent, n));
    }
  };
  const clients = await Promise.allSettled(Array.from({ length: CLIENTS }, client));
  return clients.filter((result) => result.status === "rejected").map((result) => result.reason);
}

function bySubject(mails: ReceivedMail[]): Map<string, ReceivedMail[]> {
  return Map.groupBy(mails, (mail) => mail.parsed.subject ?? "");
}

describe("kill -9 in the middle of 300 sends, and a new start", () => {
  it.each(["test", "embedded"] as const)(
    "loses and doubles nothing (%s database)",
    async (database) => {
      installation = await createInstallation({ database, env: INIT_ENV });
      const first = await start();
      const agent = await createAgent(first, "scout");
      // Two mails get no answer from the peer: when the server dies, the peer has them and did not say so.
      let withheld = 0;
      host.behave((question) => (question.stage === "data" && withheld++ < 2 ? "hang" : undefined));
      const answered: Answered = new Map();
      expect(await sendMany(first, agent, 1, 100, answered)).toEqual([]);
      await waitUntil(() => host.received.filter((mail) => mail.acknowledged).length >= 20);

      const sending = sendMany(first, agent, 101, SENDS, answered);
      await waitUntil(() => answered.size >= 180, { interval: 1 });
      expect(await first.kill("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
      const broken = await sending;
      expect(broken.length).toBeGreaterThan(0);
      expect(broken.every((error) => error instanceof TypeError)).toBe(true);
      const answeredBefore = new Map(answered);
      const acknowledgedBefore = host.received.filter((mail) => mail.acknowledged);
      const unanswered = Array.from({ length: SENDS }, (_, index) => index + 1).filter((n) => !answered.has(n));
      expect(unanswered.length).toBeGreaterThan(0);
      host.behave();

      const second = await start();
      if (database === "embedded") expect(second.output()).toContain("an earlier start left running");
      await Promise.all(
        unanswered.map(async (n) => {
          answered.set(n, await send(second, agent, n));
        }),
      );
      for (const [n, id] of [...answeredBefore].slice(-10)) expect(await send(second, agent, n)).toBe(id);

      await waitFor(
        async () => {
          const waiting = await allMessages(second, agent.key, "&status=QUEUED");
          expect(waiting).toHaveLength(0);
        },
        { interval: 500 },
      );
      const messages = await allMessages(second, agent.key);
      expect(new Set(messages.map((message) => message.status))).toEqual(new Set(["SENT"]));
      // Every number is one message, the one whose id was answered.
      expect(messages).toHaveLength(SENDS);
      expect(new Map(messages.map((message) => [Number(message.subject.slice(5)), message.id]))).toEqual(
        new Map([...answered].sort(([a], [b]) => b - a)),
      );
      // Every one of them reached the peer, under one Message-ID and with the same bytes whenever it came.
      const received = bySubject(host.received);
      expect(received.size).toBe(SENDS);
      for (const message of messages) {
        const copies = received.get(message.subject) ?? [];
        expect(new Set(copies.map((mail) => mail.messageId))).toEqual(new Set([message.externalId]));
        expect(new Set(copies.map((mail) => mail.raw.toString("latin1"))).size).toBe(1);
        expect(copies.some((mail) => mail.acknowledged)).toBe(true);
      }
      // Only what was under way came twice: at most one mail for each connection to the peer.
      expect(acknowledgedBefore.length).toBeGreaterThanOrEqual(20);
      const again = acknowledgedBefore.filter((mail) => (received.get(mail.parsed.subject ?? "") ?? []).length > 1);
      expect(again.length).toBeLessThanOrEqual(10);
    },
    90_000,
  );
});
