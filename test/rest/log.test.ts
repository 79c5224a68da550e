import { expect, it } from "vitest";
import { newKey } from "#server/platform/keys.ts";
import { createLogger } from "#server/platform/log.ts";
import { openRuntime } from "#server/runtime.ts";
import { startThings } from "./support/things.ts";

it("no key, no body and no foreign detail reaches the log, and each line names its request", async () => {
  const things = await startThings();
  const lines: string[] = [];
  const log = createLogger("trace", { write: (line) => lines.push(line) });
  const runtime = await openRuntime(things.app.runtime.config, things.app.databaseUrl, { log });
  const call = things.on(runtime);
  const { masterKey: key } = await things.app.organisation();
  const wrong = newKey("MASTER");
  const secret = "correct-horse-battery";
  try {
    await call("GET", "/v1/things", { key: wrong });
    await call("GET", "/v1/things", { headers: { authorization: `Basic ${secret}` } });
    await call("GET", "/v1/things", { headers: { "x-api-key": wrong } });
    await call("GET", `/v1/things/${wrong}/${key}`, { key });
    await call("GET", `/v1/nothing?token=${secret}`, { key });
    await call("POST", "/v1/things", { key, raw: `{"password":"${secret}"` });
    await call("POST", "/v1/things", { key, body: { name: [secret], end: key } });
    things.beforeAnswer(async (_ctx, tx) => {
      await tx.$queryRawUnsafe(`SELECT '${secret}'::integer`);
    });
    const { status } = await call("POST", "/v1/things", { key, body: {}, idempotencyKey: secret });
    expect(status).toBe(500);
    things.beforeAnswer(async () => {
      throw new Error(`no key ${wrong}`, { cause: Object.assign(new Error(key), { parameters: [secret] }) });
    });
    await call("POST", "/v1/things", { key, body: {} });
  } finally {
    await runtime.close();
    await things.close();
  }
  expect(lines.length).toBeGreaterThanOrEqual(9);
  for (const line of lines) {
    for (const each of [key, wrong, secret]) expect(line).not.toContain(each);
    expect(JSON.parse(line)).toMatchObject({
      requestId: expect.stringMatching(/^req_/),
      correlationId: expect.anything(),
    });
  }
});
