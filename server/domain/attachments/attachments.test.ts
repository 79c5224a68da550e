import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "#server/platform/ids.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { keyWithScopes, makeAgent, storeAttachment, storeMessage, type TestAgent } from "../messages/test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

const PNG = Buffer.from("89504e470d0a1a0a00ff", "hex");

async function attach(filename: string, mimeType: string, content: string | Buffer, owner = agent): Promise<string> {
  return storeAttachment(app, await storeMessage(app, owner), { filename, mimeType, content });
}

function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return app.fetch(new Request(new URL(url, "http://anima.test"), { headers }));
}

const authorized = (accept?: string) => ({ authorization: `Bearer ${agent.key}`, ...(accept ? { accept } : {}) });

describe("the download of an attachment", () => {
  it("is JSON with a link for the clients of this API, whatever JSON-minded Accept they send", async () => {
    const id = await attach("photo.png", "image/png", PNG);
    for (const accept of [undefined, "*/*", "application/json", "application/json, text/plain, */*"]) {
      const response = await get(`/v1/attachments/${id}/download`, authorized(accept));
      expect(response.headers.get("content-type"), accept).toMatch(/^application\/json/);
      const { url, expiresAt } = (await response.json()) as { url: string; expiresAt: string };
      expect(url).toMatch(new RegExp(`^http://localhost:3000/v1/attachments/${id}/content\\?`));
      expect(new Date(expiresAt).getTime() - app.clock.now().getTime()).toBeGreaterThan(14 * 60_000);
    }
  });

  it("is the bytes for whoever names another type, in headers that keep a browser from running them", async () => {
    const id = await attach("page.html", "text/html", "<script>alert(1)</script>");
    for (const accept of ["application/octet-stream", "text/html,application/xhtml+xml,*/*;q=0.8"]) {
      const response = await get(`/v1/attachments/${id}/download`, authorized(accept));
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("<script>alert(1)</script>");
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "text/html",
        "content-length": "25",
        "content-disposition": `attachment; filename="page.html"; filename*=UTF-8''page.html`,
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
      });
    }
  });

  it("has no other type than a proper one", async () => {
    const id = await attach("x", "text/html\t; charset=<evil>", "x");
    const response = await get(`/v1/attachments/${id}/download`, authorized("application/octet-stream"));
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
  });

  it("is there for the agent's own key and the master key, for nobody else", async () => {
    const id = await attach("photo.png", "image/png", PNG);
    const colleague = await makeAgent(app, agent);
    const stranger = await makeAgent(app);
    const reader = await keyWithScopes(app, agent, ["email:read"]);
    for (const [key, status] of [
      [agent.key, 200],
      [agent.masterKey, 200],
      [colleague.key, 404],
      [stranger.key, 404],
      [stranger.masterKey, 404],
      [reader, 403],
    ] as const) {
      for (const what of ["download", "text"]) {
        const expected = what === "text" && status === 200 ? 415 : status;
        expect(await app.call("GET", `/v1/attachments/${id}/${what}`, { key })).toMatchObject({ status: expected });
      }
    }
    expect(await app.call("GET", `/v1/attachments/${newId()}/download`, { key: agent.key })).toMatchObject({
      status: 404,
      body: { details: { resource: "attachment" } },
    });
  });
});

describe("the link to an attachment", () => {
  async function linkTo(id: string): Promise<string> {
    const { body } = await app.call<{ url: string }>("GET", `/v1/attachments/${id}/download`, { key: agent.key });
    return body.url;
  }

  it("asked for its headers alone, leaves no file open", async () => {
    // More than a stream reads before anybody asks for it.
    const content = Buffer.alloc(1024 * 1024);
    const url = await linkTo(await attach("film.bin", "application/octet-stream", content));
    const { blobs } = app.runtime;
    const open = vi.spyOn(blobs, "open");
    const response = await app.fetch(new Request(url, { method: "HEAD" }));
    expect(response.headers.get("content-length")).toBe(String(content.length));
    const file = await (open.mock.results[0]?.value as ReturnType<typeof blobs.open>);
    await waitUntil(() => file.closed);
    open.mockRestore();
  });

  it("answers the bytes without a key, for 15 minutes", async () => {
    const url = await linkTo(await attach("photo.png", "image/png", PNG));

    const response = await get(url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(response.headers.get("content-type")).toBe("image/png");

    app.clock.advanceSeconds(14 * 60);
    expect((await get(url)).status).toBe(200);
    app.clock.advanceSeconds(60);
    expect((await get(url)).status).toBe(403);
  });

  it("is good for that attachment and that time alone", async () => {
    const url = new URL(await linkTo(await attach("photo.png", "image/png", PNG)));
    const other = await attach("other.png", "image/png", PNG);
    const changed = (change: (url: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return get(copy.href);
    };
    for (const response of [
      await changed((copy) => {
        copy.pathname = `/v1/attachments/${other}/content`;
      }),
      await changed((copy) => copy.searchParams.set("expires", "99999999999")),
      await changed((copy) => copy.searchParams.set("org", newId())),
      await changed((copy) => copy.searchParams.set("signature", "AAAA")),
    ]) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: "FORBIDDEN" });
    }
    expect((await changed((copy) => copy.searchParams.delete("signature"))).status).toBe(400);
  });
});

describe("the text of an attachment", () => {
  async function textOf(id: string) {
    return (await app.call("GET", `/v1/attachments/${id}/text`, { key: agent.key })).body;
  }

  it("is what stands in the file, in whichever encoding", async () => {
    expect(await textOf(await attach("a.csv", "text/csv", "größe;1"))).toMatchObject({
      filename: "a.csv",
      mimeType: "text/csv",
      text: "größe;1",
      truncated: false,
    });
    expect(await textOf(await attach("b.txt", "text/plain", Buffer.from("größe", "latin1")))).toMatchObject({
      text: "größe",
    });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("größe", "utf16le")]);
    expect(await textOf(await attach("c.txt", "text/plain", utf16))).toMatchObject({ text: "größe" });
    expect(await textOf(await attach("d.json", "application/json", "{}"))).toMatchObject({ text: "{}" });
  });

  it("is cut at one MiB, also in the middle of a character", async () => {
    const id = await attach("long.txt", "text/plain", `x${"ä".repeat(600_000)}`);
    const { text, truncated } = (await textOf(id)) as { text: string; truncated: boolean };
    expect(truncated).toBe(true);
    expect(text).toBe(`x${"ä".repeat(524_287)}`);
  });

  it("is not there for a file that is no text", async () => {
    const id = await attach("photo.png", "image/png", PNG);
    expect(await textOf(id)).toMatchObject({
      status: 415,
      code: "UNSUPPORTED_MEDIA_TYPE",
      details: { mimeType: "image/png" },
    });
  });
});
