import { setTimeout as pause } from "node:timers/promises";
import { Api } from "./console.ts";

const WAIT_MS = 30_000;
const CONSENT = { metadata: { consent_source: "customer-initiated" } };
const NOON_IN_NEW_YORK_UTC = 17;

/** The last time that it was about noon in New York: everybody there could be called. */
export function lastNoon(now: Date): Date {
  const noon = new Date(now);
  noon.setUTCHours(NOON_IN_NEW_YORK_UTC, 0, 0, 0);
  return noon > now ? new Date(noon.getTime() - 86_400_000) : noon;
}

/** An agent's telephone number; one is bought where it has none. */
async function numberOf(api: Api, agentId: string): Promise<string> {
  const bought = await api.call("POST", "/v1/phone/provision", { agentId, areaCode: "212" });
  if (bought.status !== 201) throw new Error(`no number: ${await bought.text()}`);
  return ((await bought.json()) as { phoneNumber: string }).phoneNumber;
}

/** A call in which the person says something. */
export async function callAndHear(url: string, master: Api, key: string, to: string, words: string): Promise<void> {
  const placed = await new Api(url, key).call("POST", "/v1/voice/calls", { to, tier: "basic", ...CONSENT });
  if (placed.status !== 201) throw new Error(`not placed: ${await placed.text()}`);
  const { callId } = (await placed.json()) as { callId: string };
  const deadline = Date.now() + WAIT_MS;
  // It rings first.
  while ((await master.call("POST", `/v1/sandbox/calls/${callId}/say`, { text: words })).status !== 200) {
    if (Date.now() > deadline) throw new Error(`waited in vain to speak in the call to ${to}`);
    await pause(250);
  }
}

/** What a compliance page shows after a while: consents, a list, who said stop, what was heard, what was refused. */
export async function fillCompliance(url: string, api: Api, agent: { id: string; key: string }): Promise<void> {
  const own = await numberOf(api, agent.id);
  const asAgent = new Api(url, agent.key);
  const set = (body: object) => api.call("PUT", "/v1/sandbox/clock", body);

  await set({ now: lastNoon(new Date()).toISOString() });
  await callAndHear(url, api, agent.key, "+16465550142", "We have enough shelves. Please stop calling me.");
  const refused: [string, object][] = [
    ["+12125550143", {}],
    ["+12125550144", { metadata: { consent_source: "because" } }],
    ["911", CONSENT],
    ["+442079460018", CONSENT],
  ];
  for (const [to, more] of refused) await asAgent.call("POST", "/v1/voice/calls", { to, tier: "basic", ...more });
  await set({ now: null });

  for (const [phoneNumber, source, evidence] of CONSENTS) {
    await api.call("POST", "/v1/consents", { phoneNumber, source, evidence });
  }
  await api.call("POST", "/v1/consents/revocations", {
    phoneNumber: "+14155550144",
    reason: "by letter of 12 October",
  });
  await api.call("POST", "/v1/phone/dnc", { phoneNumber: "+13105550110", reason: "asked by mail" });
  for (const line of ["0111", "0112", "0113", "0114"]) {
    await api.call("POST", "/v1/phone/dnc", { phoneNumber: `+1503555${line}` });
  }
  for (const [from, body] of STOPS) await api.call("POST", "/v1/sandbox/inbound-sms", { from, to: own, body });
  await asAgent.call("POST", "/v1/phone/send-sms", { to: "+13105550110", body: "Your order is ready", ...CONSENT });
}

const CONSENTS = [
  ["+14155550142", "opt-in:web-form", "“Call me about my order”, ticked on the order form of 3 November"],
  ["+14155550143", "prior-express-written", "Framework contract 118, clause 9, signed 2026-08-14"],
  ["+14155550144", "opt-in:double-opt-in", "Form 12, confirmed from the number"],
  ["+12125550145", "customer-initiated", "Asked for a call back by mail"],
];

const STOPS = [
  ["+14155550151", "STOP"],
  ["+12065550152", "Unsubscribe."],
  ["+15035550147", "We have moved. Please stop texting this number."],
];
