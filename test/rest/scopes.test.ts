import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "#server/domain/api-keys/issue.ts";
import { SCOPES, type Scope } from "#server/domain/scopes.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { newId } from "#server/platform/ids.ts";
import type { RouteDefinition } from "#server/rest/route.ts";
import { routes } from "#server/rest/routes/index.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

/** What each endpoint needs, in a second hand: a change of who may do what has to be made here too. */
const NEEDED: Record<string, [keys: "open" | "any" | "master" | "agent", scope: Scope | null]> = {
  "GET /agents": ["any", "agents:read"],
  "POST /agents": ["master", "agents:write"],
  "GET /agents/{id}": ["any", "agents:read"],
  "PATCH /agents/{id}": ["any", "agents:write"],
  "DELETE /agents/{id}": ["master", "agents:write"],
  "POST /agents/{id}/rotate-key": ["master", "agents:write"],
  "GET /me/agents": ["any", "agents:read"],
  "GET /api-keys": ["master", "*"],
  "POST /api-keys": ["master", "*"],
  "GET /api-keys/scopes": ["any", null],
  "PATCH /api-keys/{id}": ["master", "*"],
  "DELETE /api-keys/{id}": ["master", "*"],
  "POST /api-keys/{id}/rotate": ["master", "*"],
  "GET /billing/hard-cap": ["any", "billing:read"],
  "PUT /billing/hard-cap": ["master", "*"],
  "GET /agents/{id}/hard-cap": ["any", "billing:read"],
  "PUT /agents/{id}/hard-cap": ["master", "*"],
  "GET /billing/tier": ["any", "billing:read"],
  "GET /billing/usage": ["any", "billing:read"],
  "GET /billing/features/{feature}": ["any", "billing:read"],
  "GET /billing/invoices": ["any", "billing:read"],
  "GET /billing/invoices/{id}": ["any", "billing:read"],
  "GET /billing/invoices/{id}/pdf": ["any", "billing:read"],
  "GET /billing/details": ["master", "billing:read"],
  "PUT /billing/details": ["master", "*"],
  "POST /billing/change-plan": ["master", "*"],
  "POST /billing/contact-enterprise": ["master", "*"],
  "POST /billing/invoices/{id}/pay": ["master", "*"],
  "POST /billing/checkout": ["master", "*"],
  "POST /billing/portal": ["master", "*"],
  "POST /billing/webhooks/stripe": ["open", null],
  "GET /orgs/me/usage": ["any", "billing:read"],
  "GET /consents": ["any", "compliance:read"],
  "POST /consents": ["any", "compliance:write"],
  "POST /consents/revocations": ["any", "compliance:write"],
  "GET /consents/{id}": ["any", "compliance:read"],
  "POST /consents/{id}/revoke": ["any", "compliance:write"],
  "GET /phone/dnc": ["any", "compliance:read"],
  "POST /phone/dnc": ["any", "compliance:write"],
  "POST /phone/dnc/import": ["master", "compliance:write"],
  "GET /phone/dnc/export": ["master", "compliance:read"],
  "DELETE /phone/dnc/{phoneNumber}": ["master", "compliance:write"],
  "GET /phone/sms-suppressions": ["any", "phone:read"],
  "POST /phone/sms-unsuppress": ["master", "phone:sms"],
  "GET /phone/locations": ["any", "compliance:read"],
  "PUT /phone/locations": ["master", "compliance:write"],
  "DELETE /phone/locations/{phoneNumber}": ["master", "compliance:write"],
  "GET /phone/rules": ["any", "compliance:read"],
  "PUT /phone/rules": ["master", "compliance:write"],
  "POST /email/send": ["any", "email:send"],
  "POST /messages/email": ["any", "email:send"],
  "POST /email/{id}/reply": ["any", "email:send"],
  "POST /email/{id}/forward": ["any", "email:send"],
  "GET /audit/events": ["any", "audit:read"],
  "GET /events/stream": ["any", "audit:read"],
  "GET /attachments/{id}/download": ["any", "messages:read"],
  "GET /attachments/{id}/content": ["open", null],
  "GET /attachments/{id}/text": ["any", "messages:read"],
  "GET /inboxes": ["any", "inbox:read"],
  "POST /inboxes": ["master", "inbox:write"],
  "GET /inboxes/{id}": ["any", "inbox:read"],
  "PATCH /inboxes/{id}": ["master", "inbox:write"],
  "DELETE /inboxes/{id}": ["master", "inbox:write"],
  "GET /messages": ["any", "messages:read"],
  "GET /messages/{id}": ["any", "messages:read"],
  "POST /messages/search": ["any", "messages:search"],
  "PATCH /messages/{id}/labels": ["any", "inbox:write"],
  "GET /email": ["any", "email:read"],
  "GET /email/{id}": ["any", "email:read"],
  "GET /threads": ["any", "messages:read"],
  "GET /threads/{id}": ["any", "messages:read"],
  "GET /orgs": ["any", null],
  "GET /me/orgs": ["any", null],
  "GET /orgs/me": ["any", null],
  "GET /orgs/{id}": ["any", null],
  "GET /orgs/{id}/members": ["master", "*"],
  "PATCH /orgs/{id}": ["master", "*"],
  "POST /orgs/{id}/stop": ["master", "*"],
  "POST /orgs/{id}/resume": ["master", "*"],
  "POST /orgs/{id}/rotate-key": ["master", "*"],
  "POST /voice/calls": ["any", "phone:voice"],
  "GET /voice/calls": ["any", "voice:read"],
  "GET /voice/calls/{id}": ["any", "voice:read"],
  "GET /voice/calls/{id}/transcript": ["any", "voice:read"],
  "GET /voice/calls/{id}/recording": ["any", "voice:read"],
  "GET /voice/calls/{id}/summary": ["any", "voice:read"],
  "POST /voice/calls/{callId}/hangup": ["any", "phone:voice"],
  "GET /voice/catalog": ["any", "voice:read"],
  "GET /voice/analytics": ["any", "voice:read"],
  "POST /voice/search": ["any", "voice:read"],
  "GET /phone/numbers": ["any", "phone:read"],
  "GET /phone/search": ["any", "phone:read"],
  "GET /phone/requirements": ["any", "phone:read"],
  "POST /phone/provision": ["master", "phone:provision"],
  "POST /phone/release": ["any", "phone:provision"],
  "POST /phone/send-sms": ["any", "phone:sms"],
  "POST /messages/sms": ["any", "phone:sms"],
  "GET /phone/sms/threads": ["any", "phone:read"],
  "GET /phone/sms/threads/{id}": ["any", "phone:read"],
  "POST /carriers/twilio": ["open", null],
  "POST /carriers/telnyx": ["open", null],
  "GET /sandbox/clock": ["master", "*"],
  "PUT /sandbox/clock": ["master", "*"],
  "POST /sandbox/inbound-sms": ["master", "phone:sms"],
  "POST /sandbox/inbound-call": ["master", "phone:voice"],
  "POST /sandbox/calls/{id}/say": ["master", "phone:voice"],
  "POST /sandbox/calls/{id}/hang-up": ["master", "phone:voice"],
  "POST /agent/sign-up": ["open", null],
  "POST /agent/verify": ["agent", null],
  "GET /agent/status": ["any", null],
};

let app: TestApp;
let folder: string;
const keys = new Map<string, string>();

beforeAll(async () => {
  // More endpoints are tried without a key than an address may ask for in a minute.
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  await writeFile(join(folder, "plans.json"), JSON.stringify({ FREE: { requestsPerMinute: 1_000 } }));
  app = await startTestApp({ PLANS_FILE: join(folder, "plans.json") });
  const { orgId, masterKey } = await app.organisation();
  const agent = await app.agent(masterKey);
  await openTransaction(app.runtime, async (tx) => {
    const shared = { orgId, name: "test", isPrimary: false, expiresAt: null };
    for (const scope of SCOPES) {
      const scopes = [scope];
      const agentKey = await issueKey(app.runtime, tx, { ...shared, kind: "AGENT", agentId: agent.id, scopes });
      const masterKey = await issueKey(app.runtime, tx, { ...shared, kind: "MASTER", agentId: null, scopes });
      keys.set(`agent ${scope}`, agentKey.key).set(`master ${scope}`, masterKey.key);
    }
    const service = await issueKey(app.runtime, tx, { ...shared, kind: "SERVICE", agentId: null, scopes: ["*"] });
    keys.set("service", service.key);
  });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Calls an endpoint without any input, so that nothing is done where the key is let in. */
async function call({ method, path }: RouteDefinition, key: string | undefined) {
  const request = new Request(`http://anima.test/v1${path.replaceAll(/\{\w+\}/g, newId())}`, {
    method: method.toUpperCase(),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  const response = await app.fetch(request);
  const isJson = response.headers.get("content-type")?.includes("json");
  const body = isJson ? ((await response.json()) as { code?: string; details?: object }) : {};
  if (!isJson) await response.body?.cancel();
  return { status: response.status, code: body.code, details: body.details };
}

const REFUSED = ["FORBIDDEN", "MASTER_KEY_REQUIRED", "UNAUTHORIZED"];

it("every endpoint has a line in the table", () => {
  expect(Object.keys(NEEDED).sort()).toEqual(
    routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
  );
});

describe.each(routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
  "%s",
  (name, route) => {
    const [kinds, needed] = NEEDED[name] ?? ["master", "*"];

    it.each(["agent", "master"] as const)("lets in an %s key with the right scope, and no other", async (kind) => {
      const kindIsWrong = (kinds === "master" && kind === "agent") || (kinds === "agent" && kind === "master");
      for (const scope of SCOPES) {
        const answer = await call(route, keys.get(`${kind} ${scope}`));
        const where = `${kind} key with ${scope}`;
        if (kindIsWrong) {
          const code = kind === "agent" ? "MASTER_KEY_REQUIRED" : "FORBIDDEN";
          expect({ where, ...answer }).toMatchObject({ where, status: 403, code });
        } else if (needed === null || scope === "*" || scope === needed) {
          // The signed link is refused for its signature, not for the key.
          if (name !== "GET /attachments/{id}/content") expect(REFUSED, where).not.toContain(answer.code);
        } else {
          const expected = { status: 403, code: "FORBIDDEN", details: { requiredScope: needed } };
          expect({ where, ...answer }).toMatchObject({ where, ...expected });
        }
      }
    });

    it("lets nobody in without a key, or with a key of the server's own, unless it is open", async () => {
      const without = await call(route, undefined);
      const service = await call(route, keys.get("service"));
      expect(without.status === 401).toBe(kinds !== "open");
      expect(service).toMatchObject({ status: 403, code: "FORBIDDEN" });
    });
  },
);
