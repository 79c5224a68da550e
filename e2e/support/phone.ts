import { openVoice, typed, type VoiceClient } from "../../test/support/voice-client.ts";
import type { Api } from "./console.ts";

/** By what right the stories call. */
export const CONSENT = { metadata: { consent_source: "customer-initiated" } };

const NOON_IN_NEW_YORK = 17;
const TUESDAY = 2;

/** Sets the server's clock to noon of the next Tuesday in New York: whenever the tests run, people may be called. */
export async function atNoon(api: Api): Promise<void> {
  const noon = new Date();
  noon.setUTCDate(noon.getUTCDate() + ((TUESDAY - noon.getUTCDay() + 7) % 7 || 7));
  noon.setUTCHours(NOON_IN_NEW_YORK, 0, 0, 0);
  await accepted(api.call("PUT", "/v1/sandbox/clock", { now: noon.toISOString() }));
}

/** Gives an agent a number of New York. @returns it */
export async function giveNumber(api: Api, agentId: string): Promise<string> {
  const { phoneNumber } = await accepted<{ phoneNumber: string }>(
    api.call("POST", "/v1/phone/provision", { agentId, areaCode: "212" }),
  );
  return phoneNumber;
}

/** The answer of a request that must be accepted. */
export async function accepted<Body>(request: Promise<Response>): Promise<Body> {
  const response = await request;
  if (!response.ok) throw new Error(`not accepted: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

export type Talk = { callId: string; agent: VoiceClient };

/** Somebody calls an agent's number, and its code takes the call: a conversation at any hour. Close the agent's end when done. */
export async function takeCall(
  { url, api }: { url: string; api: Api },
  { key, from, to, greeting }: { key: string; from: string; to: string; greeting: string },
): Promise<Talk> {
  const agent = await openVoice(url, { token: key });
  await accepted(api.call("POST", "/v1/sandbox/inbound-call", { from, to }));
  const { callId = "" } = await agent.waitFor(typed("call.incoming"));
  agent.send({ type: "call.accept", callId, greeting });
  await agent.waitFor((frame) => frame.type === "call.speak.ended" && frame.callId === callId);
  return { callId, agent };
}

/** The person says something, and the agent answers. */
export async function exchange(api: Api, { callId, agent }: Talk, said: string, answer: string): Promise<void> {
  await accepted(api.call("POST", `/v1/sandbox/calls/${callId}/say`, { text: said }));
  await agent.waitFor((frame) => frame.type === "call.transcription" && frame.text === said && frame.isFinal === true);
  agent.send({ type: "call.speak", callId, turnId: answer.slice(0, 40), text: answer });
  await agent.waitFor((frame) => frame.type === "call.speak.ended" && frame.text === answer);
}
