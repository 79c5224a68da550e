import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logSize } from "#server/audit/list.ts";
import { sequencePending } from "#server/audit/sequencer.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { eventStream } from "./event-stream.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

it("ends with the key that opened it, and hands out nothing of what came after", async () => {
  const { masterKey } = await app.organisation();
  const agent = await app.agent(masterKey);
  const request = new Request("http://anima.test/v1/events/stream", {
    headers: { authorization: `Bearer ${agent.key}` },
  });
  const stream = await app.fetch(request);
  expect(stream.status).toBe(200);
  await app.call("POST", `/v1/agents/${agent.id}/rotate-key`, { key: masterKey });
  expect(await text(stream.body as ReadableStream)).not.toContain("key.rotated");
});

it("begins where its client asked for it, however long it took to open", async () => {
  const { orgId, masterKey } = await app.organisation();
  const { live, db } = app.runtime;
  /** Makes an agent. @returns how many events there are then */
  const agent = async (name: string) => {
    await app.agent(masterKey, name);
    await sequencePending(db.pool, orgId);
    return logSize(db.pool, orgId);
  };
  const asked = { orgId, size: await agent("Before"), wants: () => true };
  await agent("Meanwhile");

  const stop = new AbortController();
  const stream = eventStream(live, asked, null, stop.signal, async () => true);
  const frames = stream.body?.pipeThrough(new TextDecoderStream());
  let read = "";
  for await (const part of frames ?? []) {
    read += part;
    if (read.includes("agent.created")) break;
  }
  expect(read).toContain("Meanwhile");
  expect(read).not.toContain("Before");
});
