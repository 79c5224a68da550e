import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRestApp } from "#server/rest/app.ts";
import { answerClientError, answerRequestError } from "#server/rest/client-error.ts";
import { startThings, type Things } from "./support/things.ts";

const DOCS = "https://anima.test/docs/errors";
const MiB = 1024 * 1024;

let things: Things;
let server: Server;
let port: number;
let key: string;

beforeAll(async () => {
  things = await startThings();
  key = (await things.app.organisation()).masterKey;
  server = createServer(
    getRequestListener((incoming) => things.fetch(incoming), {
      overrideGlobalObjects: false,
      errorHandler: (error) => answerRequestError(error, DOCS, things.app.runtime.log),
    }),
  );
  server.on("clientError", (error, socket) => answerClientError(error, socket, DOCS));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await things.close();
});

/** Sends text over a socket of its own. @returns the answer until the server closes the connection */
async function overSocket(sent: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(sent);
  return await text(socket);
}

function bodyOf(answer: string): unknown {
  const [, body = ""] = answer.split("\r\n\r\n");
  return JSON.parse(body);
}

/** A POST of a body that is sent in pieces. */
async function upload(size: number, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const outgoing = request({
    port,
    method: "POST",
    path: "/v1/things",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
  });
  // The server may close while we still send: that is what we are here to see.
  outgoing.on("error", () => {});
  const answered = once(outgoing, "response");
  for (let left = size; left > 0 && !outgoing.destroyed; left -= MiB) {
    const full = !outgoing.write(Buffer.alloc(Math.min(MiB, left), " "));
    if (full && !(await Promise.race([once(outgoing, "drain"), answered.then(() => false)]))) break;
  }
  outgoing.end();
  const [answer] = await answered;
  return { status: answer.statusCode, body: JSON.parse(await text(answer)) };
}

describe("over a real socket", () => {
  it("31 MiB are refused, whether they are announced or come in chunks", async () => {
    for (const headers of [{ "content-length": String(31 * MiB) }, { "transfer-encoding": "chunked" }]) {
      const { status, body } = await upload(31 * MiB, headers as Record<string, string>);
      expect(status).toBe(413);
      expect(body).toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: { limitBytes: 30 * MiB } });
    }
    expect((await things.written()).things).toBe(0);
  });

  it("just under 30 MiB are read", async () => {
    const { status, body } = await upload(30 * MiB, { "transfer-encoding": "chunked" });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "BAD_REQUEST", details: { field: "body" } });
  });

  it("64 KiB of headers get a problem", async () => {
    const answer = await overSocket(
      `GET /v1/things HTTP/1.1\r\nhost: anima.test\r\nx-large: ${"x".repeat(65_536)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(answer).toContain("content-type: application/problem+json\r\n");
    expect(answer).toMatch(/\r\nx-request-id: req_\w+\r\n/);
    expect(bodyOf(answer)).toMatchObject({
      type: `${DOCS}/headers-too-large`,
      status: 431,
      code: "HEADERS_TOO_LARGE",
      details: { field: "headers" },
    });
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["a content length that is no number", "POST /v1/things HTTP/1.1\r\nhost: a\r\ncontent-length: many\r\n\r\n"],
    ["two lengths", "POST /v1/things HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"],
    ["no valid host", "GET /v1/things HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n"],
    ["a backslash in the path", "GET /v1\\things HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n"],
  ])("a request with %s gets a problem", async (_what, sent) => {
    const answer = await overSocket(sent);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(bodyOf(answer)).toMatchObject({ type: `${DOCS}/bad-request`, code: "BAD_REQUEST", status: 400 });
  });

  it("a client that breaks off in its body leaves nothing behind, and the server goes on", async () => {
    const socket = connect(port, "127.0.0.1");
    const head = `POST /v1/things HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\n\r\n{`;
    const arrived = once(server, "request");
    socket.write(head);
    await arrived;
    socket.destroy();
    const answer = await overSocket("GET /v1/openapi.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect((await things.written()).things).toBe(0);
  });

  it("the socket's address is the client's", async () => {
    const app = createRestApp(things.app.runtime);
    const seen: string[] = [];
    const other = createServer(
      getRequestListener(async (incoming, bindings) => {
        const answer = await app.fetch(incoming, bindings);
        seen.push(String(answer.headers.get("x-ratelimit-remaining")));
        return answer;
      }),
    );
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/nothing`;
    // No proxy is trusted, so the header does not give anybody a fresh limit.
    for (const forwarded of ["192.0.2.1", "192.0.2.2"]) {
      await fetch(url, { headers: { "x-forwarded-for": forwarded, connection: "close" } });
    }
    expect(seen).toEqual(["59", "58"]);
    other.closeAllConnections();
    other.close();
  });
});
