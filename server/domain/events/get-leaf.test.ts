import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleOf } from "#server/trpc/test-support.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { keyWithScopes, makeAgent, type TestAgent } from "../messages/test-support.ts";
import { getEventLeaf } from "./get-leaf.ts";
import type { AuditEvent } from "./schemas.ts";

let app: TestApp;
let agent: TestAgent;
let colleague: TestAgent;
let browser: ReturnType<typeof consoleOf>;
let cookie: string;
let queued: AuditEvent;
beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
  colleague = await makeAgent(app, agent);
  browser = consoleOf(app);
  cookie = await browser.signIn(agent.masterKey);
  await send(agent, "leaf-chain");
  [queued] = (await chain("leaf-chain")) as [AuditEvent];
});
afterAll(() => app.close());

function send(from: TestAgent, correlationId: string) {
  const body = { to: "kim@example.com", subject: "Größe ✓", body: "Hello" };
  return app.call("POST", "/v1/email/send", { key: from.key, body, correlationId });
}

async function chain(correlationId: string): Promise<AuditEvent[]> {
  return (await browser.query("events.list", { correlationId }, { cookie })).body.result.data.items;
}

/** The verb as the holder of a key calls it. */
async function leafWith(key: string, id: string) {
  const principal = await app.runtime.directory.principalOf(key);
  if (!principal) throw new Error("the key is not known");
  return getEventLeaf(
    { services: app.runtime, principal, requestId: null, correlationId: "c", correlationGiven: false },
    { id },
  );
}

const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest("hex");

describe("an event as it was hashed", () => {
  it("comes with the text from which anybody computes its stored leaf hash again", async () => {
    const answer = await browser.query("events.leaf", { id: queued.id }, { cookie });
    const leaf = answer.body.result.data;
    const { rows } = await app.runtime.db.pool.query<{ hash: string; record: string }>(
      `SELECT encode(s.leaf_hash, 'hex') AS hash, e.record FROM event_sequence s
        JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id WHERE s.org_id = $1 AND s.event_id = $2`,
      [agent.orgId, queued.id],
    );
    expect(leaf).toMatchObject({ id: queued.id, seq: queued.seq, leafHash: rows[0]?.hash, record: rows[0]?.record });
    expect(sha256(Buffer.of(0), Buffer.from(leaf.record, "utf8"))).toBe(leaf.leafHash);
    expect(JSON.parse(leaf.record)).toMatchObject({ id: queued.id, event: "email.queued", data: { recipients: 1 } });
  });

  it("has its personal data beside the record, which commits to it", async () => {
    const leaf = await leafWith(agent.masterKey, queued.id);
    expect(leaf.record).not.toContain("kim@example.com");
    expect(JSON.parse(leaf.private?.data ?? "")).toMatchObject({ to: ["kim@example.com"], subject: "Größe ✓" });
    const salt = Buffer.from(leaf.private?.salt ?? "", "hex");
    expect(sha256(salt, Buffer.from(leaf.private?.data ?? "", "utf8"))).toBe(JSON.parse(leaf.record).private);
  });

  it("still has its record, hash and commitment after the personal data was erased", async () => {
    await send(agent, "erased-chain");
    const [event] = (await chain("erased-chain")) as [AuditEvent];
    const before = await leafWith(agent.masterKey, event.id);
    await app.runtime.db.pool.query("DELETE FROM event_private WHERE org_id = $1 AND event_id = $2", [
      agent.orgId,
      event.id,
    ]);
    expect(await leafWith(agent.masterKey, event.id)).toEqual({ ...before, private: null });
    expect(JSON.parse(before.record).private).toMatch(/^[0-9a-f]{64}$/);
  });

  it("of an event that was answered a moment ago is there at once", async () => {
    const { headers } = await send(agent, "fresh-chain");
    expect(headers.get("x-correlation-id")).toBe("fresh-chain");
    const { rows } = await app.runtime.db.pool.query<{ id: string }>(
      "SELECT id FROM event WHERE org_id = $1 AND record::json->>'correlationId' = 'fresh-chain'",
      [agent.orgId],
    );
    expect((await leafWith(agent.masterKey, rows[0]?.id ?? "")).seq).toBeGreaterThan(queued.seq);
  });

  it("is read by the agent that it is of, not by a colleague", async () => {
    expect((await leafWith(agent.key, queued.id)).seq).toBe(queued.seq);
    await expect(leafWith(colleague.key, queued.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is not read with a key that lacks audit:read", async () => {
    const key = await keyWithScopes(app, agent, ["email:send"]);
    await expect(leafWith(key, queued.id)).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { requiredScope: "audit:read" },
    });
  });

  it("of another organisation is not there, exactly as one that does not exist", async () => {
    const other = await makeAgent(app);
    const foreign = await browser.signIn(other.masterKey);
    const errors = [];
    for (const id of [queued.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV"]) {
      const { status, body } = await browser.query("events.leaf", { id }, { cookie: foreign });
      const { requestId: _, ...error } = body.error.data.error;
      errors.push({ status, ...error });
    }
    expect(errors[0]).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(errors[1]).toEqual(errors[0]);
  });

  it("needs a session, and an id of a possible form", async () => {
    expect((await browser.query("events.leaf", { id: queued.id })).status).toBe(401);
    const { status, body } = await browser.query("events.leaf", { id: "x".repeat(65) }, { cookie });
    expect([status, body.error.data.error.details.fields[0].field]).toEqual([400, "id"]);
  });
});
