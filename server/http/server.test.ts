import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compressFiles } from "../../scripts/prepare/compress.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { answerCompressed, readCompressedFiles } from "./compressed-files.ts";
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

/** What a client sends that would rather speak another protocol. */
function offer(protocol: string): string[] {
  return ["Connection: Upgrade, HTTP2-Settings", `Upgrade: ${protocol}`, "HTTP2-Settings: AAMAAABkAAQAAP__"];
}

it.each([
  ["has no Host", ["GET /v1/agents HTTP/1.1"], "400", "BAD_REQUEST"],
  ["expects what nobody knows", ["GET /v1/agents HTTP/1.1", "Host: a", "Expect: a miracle"], "401", "UNAUTHORIZED"],
  ["is no HTTP", ["GET /v1/agents"], "400", "BAD_REQUEST"],
  ["leaves /v1 for another area", ["GET /v1/../metrics HTTP/1.1", "Host: a"], "404", "NOT_FOUND"],
  ["leaves it in disguise", ["GET /v1/%2e%2e/healthz HTTP/1.1", "Host: a"], "404", "NOT_FOUND"],
  ["asks about the whole server", ["OPTIONS * HTTP/1.1", "Host: a"], "400", "BAD_REQUEST"],
  ["names the server in its target", ["GET http://a/v1/agents HTTP/1.1", "Host: a"], "401", "UNAUTHORIZED"],
  ["offers HTTP/2", ["GET /v1/agents HTTP/1.1", "Host: a", ...offer("h2c")], "401", "UNAUTHORIZED"],
])("a request that %s gets a problem with every header", async (_what, lines, status, code) => {
  const answer = await answerTo(lines);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  for (const header of ["x-request-id", "x-correlation-id", "x-ratelimit-limit: 60", "x-ratelimit-sec-limit: 100"]) {
    expect(answer).toContain(`\r\n${header}`);
  }
  expect(answer).toContain("content-type: application/problem+json");
  expect(answer).toContain(`"code":"${code}"`);
});

it("a health check in HTTP/1.0 needs no Host", async () => {
  expect(await answerTo(["GET /healthz HTTP/1.0"])).toMatch(/^HTTP\/1.1 200 /);
});

it("what a client sends along with an offer of HTTP/2 is read", async () => {
  const body = JSON.stringify({ human_email: "ada@example.com", username: "a" });
  const headers = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
  const socket = connect(http.port, "127.0.0.1");
  socket.write(["POST /v1/agent/sign-up HTTP/1.1", "Host: a", ...offer("h2c"), ...headers, "", body].join("\r\n"));
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain("username: Too small");
});

describe("behind HTTPS", () => {
  let secure: TestApp;
  let server: HttpServer;
  beforeAll(async () => {
    secure = await startTestApp({ PORT: "0", PUBLIC_URL: "https://anima.test" });
    // A page with a policy of its own, and two routes below /api, of which one has none.
    server = await startHttpServer(secure.runtime, (request, response) => {
      const own = request.url === "/api/none" ? {} : { "content-security-policy": "default-src 'self'" };
      response.writeHead(200, own).end();
    });
  });
  afterAll(async () => {
    await server.close();
    await secure.close();
  });

  it("a WebSocket where there is none is a 404", async () => {
    const upgrade = [
      "connection: Upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    expect(await answerTo(["GET /v1/carriers/twilio/relay HTTP/1.1", "Host: a", ...upgrade])).toMatch(
      /^HTTP\/1\.1 404 /,
    );
  });

  it("every answer keeps browsers to HTTPS, and what is no page may do nothing unless it says so itself", async () => {
    const headersOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).headers;
    for (const path of ["/page", "/api/own", "/api/none", "/v1/orgs/me", "/api/trpc/session.current", "/healthz"]) {
      expect((await headersOf(path)).get("strict-transport-security"), path).toBe("max-age=31536000");
    }
    const policyOf = async (path: string) => (await headersOf(path)).get("content-security-policy");
    expect(await policyOf("/page")).toBe("default-src 'self'");
    expect(await policyOf("/api/own")).toBe("default-src 'self'");
    for (const path of ["/api/none", "/v1/orgs/me", "/api/trpc/session.current", "/healthz"]) {
      expect(await policyOf(path), path).toMatch(/^default-src 'none'/);
    }
  });
});

it("built files are answered in Brotli to who takes it, and to nobody else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "anima-static-"));
  await mkdir(join(folder, "chunks"));
  const script = "console.log('hello');".repeat(100);
  await writeFile(join(folder, "chunks/a.js"), script);
  await compressFiles(folder);
  const files = await readCompressedFiles(folder, "/_next/static/");
  const server = createServer((request, response) => {
    if (!answerCompressed(files, request, response)) response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const get = (path: string, encoding: string) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
      headers: { "accept-encoding": encoding },
    });
  try {
    const answer = await get("/_next/static/chunks/a.js?x", "gzip, deflate, br, zstd");
    expect(answer.headers.get("content-encoding")).toBe("br");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(Number(answer.headers.get("content-length"))).toBeLessThan(100);
    expect(await answer.text()).toBe(script);
    for (const encoding of ["gzip", "br;q=0", "gzip, br;q=0.0", "brotli"]) {
      expect((await get("/_next/static/chunks/a.js", encoding)).status, encoding).toBe(404);
    }
    for (const path of ["/_next/static/chunks/b.js", "/_next/static/chunks/a.js.br", "/_next/static/../a.js"]) {
      expect((await get(path, "br")).status, path).toBe(404);
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
