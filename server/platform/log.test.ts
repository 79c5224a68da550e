import { describe, expect, it } from "vitest";
import { newKey } from "./keys.ts";
import { createLogger, extendLogScope, type Logger, withLogScope } from "./log.ts";

/** What a logger writes, as one text. */
function written(use: (log: Logger) => void): string {
  let text = "";
  use(createLogger("trace", { write: (line) => (text += line) }));
  return text;
}

const key = newKey("AGENT");
const password = "correct-horse-battery";

describe("a secret does not reach the log", () => {
  it.each<[string, (log: Logger) => void]>([
    ["in a member that is named so", (log) => log.info({ password, apiKey: key, Authorization: key }, "x")],
    [
      "deep inside",
      (log) => log.info({ a: { b: { c: [{ d: { password, "x-api-key": "plain", token: key } }] } } }, "x"),
    ],
    ["among headers", (log) => log.info({ headers: { authorization: `Bearer ${key}`, cookie: password } }, "x")],
    ["under a harmless name", (log) => log.info({ value: key, list: [`the key ${key}.`] }, "x")],
    ["in the message", (log) => log.info(`Authorization: Bearer ${password} and ${key}`)],
    ["in an address", (log) => log.info({ url: `postgres://anima:${password}@db.test/anima` }, "x")],
    ["in a child's bindings", (log) => log.child({ hint: key }).info({ password }, "x")],
    ["in an error's message", (log) => log.error(new Error(`redis://:${password}@host refused ${key}`))],
    [
      "in the members of an error",
      (log) => log.error({ err: Object.assign(new Error("x"), { password, detail: key }) }),
    ],
    [
      "in the causes of an error",
      (log) => {
        const cause = new Error(`Bearer ${password}`, {
          cause: Object.assign(new Error(key), { parameters: [password] }),
        });
        log.error({ err: new Error("x", { cause }), nested: { error: new Error("y", { cause }) } }, "x");
      },
    ],
    ["as bytes", (log) => log.info({ raw: Buffer.from(key) }, "x")],
  ])("%s", (_where, use) => {
    const text = written(use);
    expect(text).not.toBe("");
    expect(text).not.toContain(key);
    expect(text).not.toContain(password);
    expect(text).not.toContain("plain");
    for (const line of text.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe("a line of the log", () => {
  it("says what helps: what the error is, where, and why", () => {
    const cause = Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
    const line = JSON.parse(
      written((log) => log.error({ err: new TypeError("no", { cause }), status: 500 }, "failed")),
    );
    expect(line).toMatchObject({
      msg: "failed",
      status: 500,
      err: { type: "TypeError", message: "no", cause: { message: "connection refused", code: "ECONNREFUSED" } },
    });
    expect(line.err.stack).toContain("log.test.ts");
  });

  it("is written as fast when a stranger chose what stands in it", () => {
    const began = performance.now();
    for (const path of [
      `/v1//${":".repeat(30_000)}`,
      `/v1//${":a".repeat(15_000)}`,
      `/v1/Bearer${" ".repeat(30_000)}`,
    ]) {
      for (let times = 0; times < 10; times++) written((log) => log.info({ path }, "request refused"));
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("survives what refers to itself", () => {
    const loop: Record<string, unknown> = { name: "loop" };
    loop.self = loop;
    const error = new Error("loop");
    error.cause = error;
    expect(JSON.parse(written((log) => log.info({ loop, err: error, big: 1n }, "x")))).toMatchObject({
      msg: "x",
      big: "1",
    });
  });

  it("carries the ids of its request", () => {
    const text = written((log) =>
      withLogScope({ requestId: "req_1", correlationId: "corr_1" }, () => {
        extendLogScope({ orgId: "org" });
        log.info("inside");
      }),
    );
    expect(JSON.parse(text)).toMatchObject({ requestId: "req_1", correlationId: "corr_1", orgId: "org" });
    expect(JSON.parse(written((log) => log.info("outside")))).not.toHaveProperty("requestId");
  });
});
