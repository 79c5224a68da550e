import { createOrganization } from "#server/domain/organizations/create.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import type { Runtime } from "#server/runtime.ts";
import { openVoice, type VoiceClient, type VoiceFrame } from "./voice-client.ts";

/** Two hundred conversations at once keep a small machine busy for minutes. */
const WAIT_MS = 300_000;

/** What the called person says, in turn with the agent's answers. */
export const SAYINGS = ["Hello, who is this?", "And where is my parcel?", "Thank you, goodbye."];
export const answerOf = (turn: number) => `Answer ${turn}.`;

/** An organisation with an agent that has a number and is connected. */
export type Caller = { orgId: string; masterKey: string; key: string; client: VoiceClient };

/** @param url of the server that the agent is connected to */
export async function createCaller(runtime: Runtime, url: string, name: string): Promise<Caller> {
  const { organization, masterKey } = await openTransaction(runtime, (tx) =>
    createOrganization(runtime, tx, { name, tier: "ENTERPRISE", origin: "SETUP" }),
  );
  const agent = await post<{ id: string; apiKey: string }>(url, "/v1/agents", masterKey, { name: "caller" });
  await post(url, "/v1/phone/provision", masterKey, { agentId: agent.id });
  const client = await openVoice(url, { token: agent.apiKey });
  return { orgId: organization.id, masterKey, key: agent.apiKey, client };
}

/**
 * A conversation in the sandbox until the agent hangs up. The agent speaks over its connection, the called side by another
 * server, so that every word crosses between processes.
 * @returns the id of the call
 */
export async function converse({ client, masterKey }: Caller, otherUrl: string, to: string): Promise<string> {
  const metadata = { consent_source: "customer-initiated" };
  client.send({ type: "call.create", requestId: to, to, metadata });
  const started = await client.waitFor((frame) => frame.type === "call.started" && frame.requestId === to, WAIT_MS);
  const callId = started.callId as string;
  const of = (fits: (frame: VoiceFrame) => boolean) =>
    client.waitFor((frame) => frame.callId === callId && fits(frame), WAIT_MS);
  for (const [turn, text] of SAYINGS.entries()) {
    await post(otherUrl, `/v1/sandbox/calls/${callId}/say`, masterKey, { text });
    await of((frame) => frame.type === "call.transcription" && frame.isFinal === true && frame.text === text);
    client.send({ type: "call.speak", callId, turnId: `turn-${turn}`, text: answerOf(turn) });
    await of((frame) => frame.type === "call.speak.ended" && frame.turnId === `turn-${turn}`);
  }
  client.send({ type: "call.hangup", callId });
  await of((frame) => frame.type === "call.ended");
  return callId;
}

async function post<Body>(url: string, path: string, key: string, body: object): Promise<Body> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Body;
}
