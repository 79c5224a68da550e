import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { makeAgent, type TestAgent } from "#server/domain/messages/test-support.ts";
import { newId } from "#server/platform/ids.ts";
import type { RouteDefinition } from "#server/rest/route.ts";
import { routes } from "#server/rest/routes/index.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { dumpOrganisation, makeVictim, type Victim } from "./support/victim.ts";

/** Whose id stands in a path: by the part of it before the id, or else the first. */
const PATHS: Record<string, keyof Victim | null> = {
  agents: "agent",
  "api-keys": "apiKey",
  attachments: "attachment",
  // The name of a feature is nobody's.
  billing: null,
  calls: "call",
  consents: "consent",
  // A number is everybody's: the list it stands on is the caller's own.
  dnc: null,
  invoices: "invoice",
  email: "message",
  inboxes: "inbox",
  messages: "message",
  orgs: "organization",
  // Numbers, as above.
  phone: null,
  "sms/threads": "textThread",
  threads: "thread",
};

/** Whose id a member of a query or body is; null where it only looks like one. */
const FIELDS: Record<string, keyof Victim | null> = {
  agentId: "agent",
  agent_id: "agent",
  correlationId: "correlation",
  correlation_id: "correlation",
  fromIdentityId: "inbox",
  inReplyTo: "message",
  inboxId: "inbox",
  org: "organization",
  orgId: "organization",
  // What the caller calls its request.
  requestId: null,
  request_id: "request",
  threadId: "thread",
  voiceId: null,
};
const LOOKS_LIKE_AN_ID = /(?:^id|_id|Ids?|^org|^inReplyTo)$/;

/** What else a call needs to be valid; `agentId` is the caller's own. */
const INPUTS: Record<string, (agentId: string) => Record<string, unknown>> = {
  "GET /attachments/{id}/content": () => ({ org: newId(), expires: 4_000_000_000, signature: "forged" }),
  "POST /agents": () => ({ name: "a" }),
  "POST /api-keys": () => ({ name: "a" }),
  "PATCH /agents/{id}": () => ({ name: "taken over" }),
  "PATCH /api-keys/{id}": () => ({ name: "taken over" }),
  "PATCH /inboxes/{id}": () => ({ displayName: "taken over" }),
  "PATCH /messages/{id}/labels": () => ({ addLabels: ["taken-over"] }),
  "PATCH /orgs/{id}": () => ({ name: "taken over" }),
  "POST /sandbox/calls/{id}/say": () => ({ text: "taken over" }),
  "POST /email/send": (agentId) => ({ agentId, to: "a@example.com", subject: "a", body: "a" }),
  "POST /messages/email": (agentId) => ({ agentId, to: "a@example.com", subject: "a", body: "a" }),
  "POST /email/{id}/reply": () => ({ body: "a" }),
  "POST /email/{id}/forward": () => ({ to: "a@example.com" }),
  "POST /messages/sms": (agentId) => ({ agentId, to: "+12125550100", body: "a" }),
  "POST /phone/provision": (agentId) => ({ agentId }),
  "POST /phone/release": () => ({ phoneNumber: "+12125550200" }),
  "POST /phone/send-sms": (agentId) => ({ agentId, to: "+12125550100", body: "a" }),
  "POST /voice/calls": (agentId) => ({ agentId, to: "+12125550100" }),
  "POST /voice/search": () => ({ query: "parcel" }),
  "POST /messages/search": () => ({ query: "parcel" }),
};

type Probe = { name: string; definition: RouteDefinition; place: string; target: keyof Victim };

const probes = routes.flatMap(probesOf);

/** Every place of an endpoint where an id can stand. Throws for one that the tables above do not know. */
function probesOf(definition: RouteDefinition): Probe[] {
  const name = `${definition.method.toUpperCase()} ${definition.path}`;
  const inPath = /\{(\w+)\}/.exec(definition.path)?.[1];
  const found: Probe[] = [];
  if (inPath !== undefined) {
    const parts = definition.path.split("/");
    const at = parts.indexOf(`{${inPath}}`);
    const [before = "", last = ""] = parts.slice(at - 2, at);
    const target = PATHS[`${before}/${last}`] ?? PATHS[last] ?? PATHS[parts[1] ?? ""];
    if (target === undefined) throw new Error(`${name}: PATHS does not know whose id {${inPath}} is`);
    if (target) found.push({ name, definition, place: "path", target });
  }
  for (const place of placesIn(z.toJSONSchema(definition.input, { io: "input" }), "")) {
    const field = place.split(".").at(-1) ?? "";
    if (place === inPath) continue;
    const target = FIELDS[field];
    if (target === undefined && LOOKS_LIKE_AN_ID.test(field)) throw new Error(`${name}: FIELDS does not know ${place}`);
    if (target) found.push({ name, definition, place, target });
  }
  return found;
}

function placesIn(schema: object, prefix: string): string[] {
  const {
    properties,
    anyOf = [],
    allOf = [],
  } = schema as {
    properties?: Record<string, object>;
    anyOf?: object[];
    allOf?: object[];
  };
  const own = Object.entries(properties ?? {}).flatMap(([name, member]) => [
    prefix + name,
    ...placesIn(member, `${prefix}${name}.`),
  ]);
  return [...own, ...[...anyOf, ...allOf].flatMap((part) => placesIn(part, prefix))];
}

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** Calls with an id in one place. @returns what is the same for every id */
async function callWith({ name, definition, place }: Probe, id: string, caller: { id: string; key: string }) {
  const input: Record<string, unknown> = INPUTS[name]?.(caller.id) ?? {};
  if (place !== "path") put(input, place, id);
  const inPath = place === "path" ? id : newId();
  const isRead = definition.method === "get";
  const query = isRead ? `?${new URLSearchParams(flat(input, ""))}` : "";
  const response = await app.fetch(
    new Request(`http://anima.test/v1${definition.path.replace(/\{\w+\}/, inPath)}${query}`, {
      method: definition.method.toUpperCase(),
      headers: { authorization: `Bearer ${caller.key}`, "content-type": "application/json" },
      ...(isRead ? {} : { body: JSON.stringify(input) }),
    }),
  );
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (isStream) await response.body?.cancel();
  const text = isStream ? "a stream" : await response.text();
  const masked = text
    .replaceAll(id, "<id>")
    .replaceAll(inPath, "<id>")
    .replaceAll(/(?:req|corr)_[0-9A-Z]{26}/g, "<chain>");
  return { status: response.status, text: masked };
}

function put(target: Record<string, unknown>, place: string, value: string): void {
  const [name = "", ...rest] = place.split(".");
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  target[name] ??= {};
  put(target[name] as Record<string, unknown>, rest.join("."), value);
}

function flat(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === "object" && member !== null
      ? flat(member, `${prefix}${name}.`)
      : [[prefix + name, String(member)] as [string, string]],
  );
}

/** The answer must be that for an id that nobody has: not there, nothing of it, or what this key may never do. */
function expectNothing(answer: { status: number; text: string }, isMaster: boolean): void {
  if (answer.text === "a stream") return;
  const body = JSON.parse(answer.text) as { code?: string } & Record<string, unknown>;
  const codes = ["NOT_FOUND"];
  if (!isMaster) codes.push("MASTER_KEY_REQUIRED");
  // A link is refused for its signature, before anything is looked up.
  if (answer.text.includes("This link is not valid")) codes.push("FORBIDDEN");
  if (answer.status === 200) expect(body.items ?? body.calls ?? body.results ?? Array(body.totalCalls)).toEqual([]);
  else expect(codes).toContain(body.code);
}

type Attacker = { id: string; key: string; isMaster: boolean };

/** Tries the victim's id in one place with each key, and looks whether anything of the victim's has changed. */
async function attempt(probe: Probe, attackers: Attacker[], victim: Victim): Promise<void> {
  const before = await dumpOrganisation(app, victim.organization);
  for (const attacker of attackers) {
    const missing = await callWith(probe, unknownId(probe.target), attacker);
    const foreign = await callWith(probe, victim[probe.target], attacker);
    expect(foreign).toEqual(missing);
    expectNothing(foreign, attacker.isMaster);
  }
  const after = await dumpOrganisation(app, victim.organization);
  // What may be new is the record of a refusal, and that a key was used.
  const known = new Set(before.map(withoutUse));
  expect(after.filter((row) => !known.has(withoutUse(row)) && !row.includes("DENIED"))).toEqual([]);
  expect(after.length).toBeGreaterThanOrEqual(before.length);
}

function unknownId(target: keyof Victim): string {
  if (target === "correlation") return `corr_${newId()}`;
  return target === "request" ? `req_${newId()}` : newId();
}

function withoutUse(row: string): string {
  return row.replace(/"last_used_at": (?:null|"[^"]*")/, "");
}

describe("the ids of another organisation are to a key like ids that nobody has", () => {
  let attackers: Attacker[];
  let victim: Victim;

  beforeAll(async () => {
    const agent = await makeAgent(app);
    attackers = [
      { id: agent.id, key: agent.masterKey, isMaster: true },
      { id: agent.id, key: agent.key, isMaster: false },
    ];
    victim = await makeVictim(app, await makeAgent(app));
  });

  it.each(probes.map((probe) => [probe.name, probe.place, probe] as const))("%s: %s", async (_name, _place, probe) => {
    await attempt(probe, attackers, victim);
  });
});

describe("the ids of a colleague are to an agent like ids that nobody has", () => {
  let attacker: TestAgent;
  let victim: Victim;

  beforeAll(async () => {
    attacker = await makeAgent(app);
    victim = await makeVictim(app, await makeAgent(app, attacker));
  });

  // The organisation is also its own, and so are its invoices and what people have consented to.
  const others = probes.filter(({ target }) => !["organization", "invoice", "consent"].includes(target));
  it.each(others.map((probe) => [probe.name, probe.place, probe] as const))("%s: %s", async (_name, _place, probe) => {
    await attempt(probe, [{ id: attacker.id, key: attacker.key, isMaster: false }], victim);
  });
});

it("what the table tries is really there: its owner reaches it", async () => {
  const owner = await makeAgent(app);
  const victim = await makeVictim(app, owner);
  for (const [first, target] of Object.entries(PATHS)) {
    const read = routes.find(({ method, path }) => method === "get" && path.includes(`/${first}/{id}`));
    if (!read || !target) continue;
    const path = `/v1${read.path.replace("{id}", victim[target])}`;
    expect((await app.call("GET", path, { key: owner.masterKey })).status, path).toBe(200);
  }
});
