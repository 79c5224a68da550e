import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Message } from "#server/platform/generated/client.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { MessageFilter } from "./conditions.ts";
import { findBack } from "./find-back.ts";
import { findMessages } from "./query.ts";
import { makeAgent, storeMessage, type TestAgent } from "./test-support.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const LABELS = ["unread", "vip", "spam", "archived"];
const ADDRESSES = ["ann@example.com", "Bob@Example.com", "o'hara\\x@example.com"];
const WORDS = ["parcel", "invoice", "hello"];
const CHANNELS = ["EMAIL", "SMS"];
const DIRECTIONS = ["INBOUND", "OUTBOUND"];
const STATUSES = ["DELIVERED", "FAILED", "QUEUED"];

const fields = fc.record({
  agent: fc.nat(1),
  labels: fc.uniqueArray(fc.constantFrom(...LABELS)),
  fromAddress: fc.constantFrom(...ADDRESSES),
  to: fc.uniqueArray(fc.constantFrom(...ADDRESSES), { minLength: 1 }),
  body: fc.constantFrom(...WORDS),
  channel: fc.constantFrom(...CHANNELS),
  direction: fc.constantFrom(...DIRECTIONS),
  status: fc.constantFrom(...STATUSES),
  /** What the labels are changed to afterwards. */
  relabelled: fc.option(fc.uniqueArray(fc.constantFrom(...LABELS)), { nil: undefined }),
});

const filters = fc.record(
  {
    labels: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 2 }),
    fromAddress: fc.constantFrom(...ADDRESSES, "BOB@example.COM"),
    toAddress: fc.constantFrom(...ADDRESSES),
    words: fc.constantFrom(...WORDS),
    channels: fc.uniqueArray(fc.constantFrom(...CHANNELS), { minLength: 1 }),
    direction: fc.constantFrom(...DIRECTIONS),
    status: fc.constantFrom(...STATUSES),
    includeSpam: fc.boolean(),
  },
  { requiredKeys: [] },
);

it("finds with every filter exactly what a look at each message finds, newest first, on every page", async () => {
  const first = await makeAgent(app);
  const agents: [TestAgent, TestAgent] = [first, await makeAgent(app, first)];
  const stored: Message[] = [];
  for (const { agent, relabelled, ...rest } of fc.sample(fields, 80)) {
    const message = await storeMessage(app, agents[agent] as TestAgent, rest);
    stored.unshift(
      relabelled === undefined
        ? message
        : await app.runtime.db.prisma.message.update({
            where: { orgId_id: { orgId: message.orgId, id: message.id } },
            data: { labels: relabelled },
          }),
    );
  }

  await fc.assert(
    fc.asyncProperty(
      filters,
      fc.constantFrom(undefined, ...agents.map(({ id }) => id)),
      fc.integer({ min: 1, max: 30 }),
      async (filter, agentId, limit) => {
        const found: string[] = [];
        for (;;) {
          const page = { limit, before: found.at(-1) };
          const ids = await findMessages(app.runtime.db.pool, first.orgId, { ...filter, agentId }, page);
          found.push(...ids);
          if (ids.length < limit) break;
        }
        expect(found).toEqual(stored.filter((m) => matches(m, { ...filter, agentId })).map(({ id }) => id));
      },
    ),
    { numRuns: 150 },
  );
});

it("goes back through any stretch of time, however full, to the same matches in the same order", async () => {
  const agent = await makeAgent(app);
  const seconds = fc.oneof(fc.nat(900), fc.nat(200_000), fc.nat(60_000_000));
  const stored: Message[] = [];
  for (const ago of fc.sample(seconds, 60)) {
    const createdAt = new Date(app.clock.now().getTime() - ago * 1_000);
    stored.push(await storeMessage(app, agent, { createdAt, body: ago % 3 === 0 ? "invoice" : "parcel" }));
  }
  const newestFirst = (ids: string[]) => ids.sort().reverse();
  const filters: MessageFilter[] = [
    { words: "parcel" },
    { words: "invoice", agentId: agent.id },
    { labels: ["unread"] },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...filters),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 30 }),
      async (filter, limit, many) => {
        const found: string[] = [];
        for (;;) {
          const page = { limit, before: found.at(-1) };
          const ids = await findBack(app.runtime.db.pool, agent.orgId, filter, page, many);
          found.push(...ids);
          if (ids.length < limit) break;
        }
        expect(found).toEqual(newestFirst(stored.filter((m) => matches(m, filter)).map(({ id }) => id)));
      },
    ),
    { numRuns: 60 },
  );
});

function matches(message: Message, filter: MessageFilter): boolean {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const { labels = [], fromAddress, toAddress, words, channels, direction, status, agentId } = filter;
  return (
    (agentId === undefined || message.agentId === agentId) &&
    labels.every((label) => message.labels.includes(label)) &&
    (fromAddress === undefined || same(message.fromAddress, fromAddress)) &&
    (toAddress === undefined || message.to.some((to) => same(to, toAddress))) &&
    (words === undefined || message.body.includes(words)) &&
    (channels === undefined || channels.includes(message.channel)) &&
    (direction === undefined || message.direction === direction) &&
    (status === undefined || message.status === status) &&
    (filter.includeSpam === true || labels.includes("spam") || !message.labels.includes("spam"))
  );
}
