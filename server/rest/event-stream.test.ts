import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";

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
