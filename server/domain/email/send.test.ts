import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";

type Body = Record<string, unknown> & {
  id: string;
  code: string;
  details: Record<string, unknown>;
  correlationId: string;
};
type Events = { items: Record<string, unknown>[] };

let app: TestApp;
let masterKey: string;
let agent: { id: string; key: string; email: string };

beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
  agent = await app.agent(masterKey);
});
afterAll(() => app.close());

const mail = { to: "human@example.com", subject: "Hello", body: "From an agent." };
const send = (body: unknown, options = {}) =>
  app.call<Body>("POST", "/v1/email/send", { key: agent.key, body, ...options });

async function countRows(table: string): Promise<number> {
  const { rows } = await app.runtime.db.pool.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return rows[0]?.count ?? 0;
}

describe("sending a mail", () => {
  it("answers the queued message, which the API then shows the same", async () => {
    const sent = await send(
      { ...mail, cc: ["Boss <boss@example.com>"], metadata: { order: 7 } },
      { correlationId: "corr_send" },
    );
    expect(sent.status).toBe(201);
    expect(sent.body).toMatchObject({
      agentId: agent.id,
      status: "QUEUED",
      statusReason: "NO_RELAY",
      direction: "OUTBOUND",
      fromAddress: agent.email,
      toAddress: "human@example.com",
      cc: ["boss@example.com"],
      metadata: { order: 7 },
      correlationId: "corr_send",
    });
    const read = await app.call<Body>("GET", `/v1/email/${sent.body.id}`, { key: agent.key });
    expect(read.body).toEqual(sent.body);
  });

  it("stands on the audit log at once, without its body", async () => {
    await send({ ...mail, body: "the secret plan" }, { correlationId: "corr_audit" });
    const { body } = await app.call<Events>("GET", "/v1/audit/events?correlation_id=corr_audit", { key: agent.key });
    expect(body.items).toMatchObject([
      {
        event: "email.queued",
        channel: "email",
        result: "SUCCESS",
        agentId: agent.id,
        actorType: "AGENT",
        detail: "to human@example.com: Hello",
      },
    ]);
    expect(JSON.stringify(body)).not.toContain("secret plan");
  });

  it("has one effect for 50 equal requests with one Idempotency-Key", async () => {
    const before = await countRows("message");
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(mail, { idempotencyKey: "once" })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true")).toHaveLength(49);
    expect(await countRows("message")).toBe(before + 1);
  });

  it("refuses the key for another body, and stores a refusal like any answer", async () => {
    await send(mail, { idempotencyKey: "mine" });
    expect(await send({ ...mail, subject: "Other" }, { idempotencyKey: "mine" })).toMatchObject({
      status: 409,
      body: { code: "IDEMPOTENCY_BODY_MISMATCH" },
    });
    const wrong = { ...mail, to: "nobody" };
    expect((await send(wrong, { idempotencyKey: "bad" })).status).toBe(400);
    const again = await send(wrong, { idempotencyKey: "bad" });
    expect(again.status).toBe(400);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("keeps another agent's answer from somebody with the same key", async () => {
    const other = await app.agent(masterKey);
    const first = await send(mail, { idempotencyKey: "shared" });
    const second = await app.call<Body>("POST", "/v1/email/send", {
      key: other.key,
      body: mail,
      idempotencyKey: "shared",
    });
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.headers.get("idempotent-replayed")).toBeNull();
  });

  it("names the field that is wrong, and writes nothing", async () => {
    const before = await countRows("message");
    const wrong: [object, string][] = [
      [{ ...mail, to: [] }, "to"],
      [{ ...mail, to: "a@b.c, d@e.f" }, "to.0"],
      [{ ...mail, subject: "Hello\r\nBcc: x@y.z" }, "subject"],
      [{ ...mail, headers: { From: "boss@example.com" } }, "headers.From"],
      [{ ...mail, headers: { "X-Note": "a\r\nBcc: x@y.z" } }, "headers.X-Note"],
      [{ ...mail, attachments: [{ filename: "a.txt", content: "not base64!" }] }, "attachments.0.content"],
      [{ ...mail, attachments: Array.from({ length: 21 }, () => ({ filename: "a", content: "" })) }, "attachments"],
      [{ subject: "x", body: "y" }, "to"],
    ];
    for (const [body, field] of wrong) {
      const { status, body: problem } = await send(body);
      expect({ status, fields: (problem.details.fields as { field: string }[]).map((entry) => entry.field) }).toEqual({
        status: 400,
        fields: expect.arrayContaining([field]),
      });
    }
    expect(await countRows("message")).toBe(before);
  });

  it("says of an attachment by URL that it wants the bytes", async () => {
    const { status, body } = await send({ ...mail, attachments: [{ filename: "a.txt", url: "http://10.0.0.1/a" }] });
    expect({ status, fields: body.details.fields }).toEqual({
      status: 400,
      fields: [{ field: "attachments.0.content", message: expect.stringContaining("url is not fetched") }],
    });
  });

  it("refuses a paused agent at once, with an event that says so", async () => {
    const paused = await app.agent(masterKey);
    await app.call("PATCH", `/v1/agents/${paused.id}`, { key: masterKey, body: { status: "PAUSED" } });
    const refused = await app.call<Body>("POST", "/v1/email/send", {
      key: paused.key,
      body: mail,
      correlationId: "corr_paused",
    });
    expect(refused).toMatchObject({ status: 403, body: { code: "AGENT_PAUSED" } });
    const { body } = await app.call<Events>("GET", "/v1/audit/events?correlation_id=corr_paused", { key: masterKey });
    expect(body.items).toMatchObject([{ event: "email.refused", result: "DENIED", data: { code: "AGENT_PAUSED" } }]);
  });

  it("sends with the same Idempotency-Key once what stood in the way is gone: a pause, an unconfirmed human", async () => {
    const agent = await app.agent(masterKey);
    const sendAs = (to: string) =>
      app.call<Body>("POST", "/v1/email/send", { key: agent.key, body: { ...mail, to }, idempotencyKey: to });
    const setStatus = (status: string) =>
      app.call("PATCH", `/v1/agents/${agent.id}`, { key: masterKey, body: { status } });
    const setOwnership = async (ownership: string) => {
      await app.runtime.db.pool.query(
        "UPDATE organization SET ownership = $2 WHERE id = (SELECT org_id FROM agent WHERE id = $1)",
        [agent.id, ownership],
      );
      app.runtime.directory.forget();
    };
    await setStatus("PAUSED");
    expect(await sendAs("ada@example.com")).toMatchObject({ status: 403, body: { code: "AGENT_PAUSED" } });
    await setStatus("ACTIVE");
    expect(await sendAs("ada@example.com")).toMatchObject({ status: 201, body: { status: "QUEUED" } });
    await setOwnership("AGENT_UNVERIFIED");
    expect(await sendAs("bob@example.com")).toMatchObject({ status: 409, body: { code: "RECIPIENT_NOT_VERIFIED" } });
    await setOwnership("CLAIMED");
    expect(await sendAs("bob@example.com")).toMatchObject({ status: 201, body: { status: "QUEUED" } });
  });

  it("refuses an agent that was paused, also before this process has heard of it, and writes nothing", async () => {
    const paused = await app.agent(masterKey);
    const sendAs = () => app.call<Body>("POST", "/v1/email/send", { key: paused.key, body: mail });
    expect((await sendAs()).status).toBe(201);
    const before = await countRows("message");
    // Written by another process, whose notification is still on its way.
    await app.runtime.db.pool.query("UPDATE agent SET status = 'PAUSED' WHERE id = $1", [paused.id]);
    expect(await sendAs()).toMatchObject({ status: 403, body: { code: "AGENT_PAUSED" } });
    expect(await countRows("message")).toBe(before);
  });

  it("keeps attachments, and gives them back as they were", async () => {
    const content = Buffer.from("attached bytes").toString("base64");
    const sent = await send({ ...mail, attachments: [{ filename: "note.txt", contentType: "text/plain", content }] });
    expect(sent.status).toBe(201);
    const [attachment] = sent.body.attachments as { id: string; sizeBytes: number }[];
    expect(attachment?.sizeBytes).toBe(14);
    const file = await app.fetch(
      new Request(`http://anima.test/v1/attachments/${attachment?.id}/download`, {
        headers: { authorization: `Bearer ${agent.key}`, accept: "text/plain" },
      }),
    );
    expect(await file.text()).toBe("attached bytes");
  });

  it("takes the agent from a master key's body, and knows no foreign agent", async () => {
    const own = await app.call<Body>("POST", "/v1/email/send", {
      key: masterKey,
      body: { ...mail, agentId: agent.id },
    });
    expect(own.status).toBe(201);
    const unnamed = await app.call<Body>("POST", "/v1/email/send", { key: masterKey, body: mail });
    expect(unnamed).toMatchObject({ status: 400, body: { details: { fields: [{ field: "agentId" }] } } });
    const foreign = await app.organisation();
    const theirs = await app.call<Body>("POST", "/v1/email/send", {
      key: foreign.masterKey,
      body: { ...mail, agentId: agent.id },
    });
    expect(theirs).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  });

  it("leaves no second copy of its files when it is repeated", async () => {
    const put = vi.spyOn(app.runtime.blobs, "put");
    const body = { ...mail, attachments: [{ filename: "a.txt", content: Buffer.from("once").toString("base64") }] };
    const first = await send(body, { idempotencyKey: "files-once" });
    const second = await send(body, { idempotencyKey: "files-once" });
    expect(second.body).toEqual(first.body);
    const [kept, repeated] = put.mock.calls.map(([storageKey]) => storageKey);
    put.mockRestore();
    expect(String(await app.runtime.blobs.read(kept ?? ""))).toBe("once");
    await expect(app.runtime.blobs.read(repeated ?? "")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
