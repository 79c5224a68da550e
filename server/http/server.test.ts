import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { type HttpServer, startHttpServer } from "./server.ts";

let app: TestApp;
let http: HttpServer;
beforeAll(async () => {
  app = await startTestApp({ PORT: "0" });
  http = await startHttpServer(app.runtime, null);
});
afterAll(async () => {
  await http.close();
  await app.close();
});

/** What the server answers to a request that no HTTP client would send. */
async function answerTo(lines: string[]): Promise<string> {
  const socket = connect(http.port, "127.0.0.1");
  socket.write([...lines, "Connection: close", "", ""].join("\r\n"));
  return await text(socket);
}

it.each([
  ["has no Host", ["GET /v1/agents HTTP/1.1"], "400", "BAD_REQUEST"],
  ["expects what nobody knows", ["GET /v1/agents HTTP/1.1", "Host: a", "Expect: a miracle"], "401", "UNAUTHORIZED"],
  ["is no HTTP", ["GET /v1/agents"], "400", "BAD_REQUEST"],
])("a request that %s gets a problem with every header", async (_what, lines, status, code) => {
  const answer = await answerTo(lines);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  for (const header of ["x-request-id", "x-correlation-id", "x-ratelimit-limit: 60", "x-ratelimit-sec-limit: 100"]) {
    expect(answer).toContain(`\r\n${header}`);
  }
  expect(answer).toContain("content-type: application/problem+json");
  expect(answer).toContain(`"code":"${code}"`);
});
