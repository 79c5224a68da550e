import twilio from "twilio";

export type Speaker = { greeting: string | null; voiceId: string | null; language: string | null };

/** Longer than anybody lets it ring. */
const RING_SECONDS = 30;
const RECONNECT_SECONDS = 1;
const HOLD_SECONDS = 600;

const PROVIDERS: Record<string, string> = { elevenlabs: "ElevenLabs", google: "Google", amazon: "Amazon" };

/** Where Twilio reaches this server. */
export function addressesOf(publicUrl: string) {
  const callback = (event: string, more: Record<string, string> = {}) =>
    `${publicUrl}/v1/carriers/twilio?${new URLSearchParams({ event, ...more })}`;
  const relay = (token: string | null) => {
    const query = token === null ? "" : `?${new URLSearchParams({ token })}`;
    return `${publicUrl.replace(/^http/, "ws")}/v1/carriers/twilio/relay${query}`;
  };
  return { callback, relay };
}

export type Addresses = ReturnType<typeof addressesOf>;

/** Connects a call with us: Twilio speaks what we write, and writes what it hears. */
export function relayTwiml(
  addresses: Addresses,
  token: string | null,
  { greeting, voiceId, language }: Speaker,
): string {
  const response = new twilio.twiml.VoiceResponse();
  connect(response, addresses, token, { greeting, voiceId, language }, 0);
  return response.toString();
}

/** Connects again after the connection was lost: this server may have been started anew. */
export function reconnectTwiml(addresses: Addresses, token: string | null, attempt: number): string {
  const response = new twilio.twiml.VoiceResponse();
  response.pause({ length: RECONNECT_SECONDS });
  connect(response, addresses, token, { greeting: null, voiceId: null, language: null }, attempt);
  return response.toString();
}

function connect(
  response: InstanceType<typeof twilio.twiml.VoiceResponse>,
  { callback, relay }: Addresses,
  token: string | null,
  { greeting, voiceId, language }: Speaker,
  attempt: number,
): void {
  const action = callback("relay-ended", { ...(token === null ? {} : { token }), attempt: String(attempt) });
  response.connect({ action, method: "POST" }).conversationRelay({
    url: relay(token),
    dtmfDetection: true,
    partialPrompts: true,
    events: "speaker-events tokens-played",
    ...(greeting === null ? {} : { welcomeGreeting: greeting }),
    ...(language === null ? {} : { language }),
    ...voiceOf(voiceId),
  });
}

/** `elevenlabs:rachel`: who speaks, and with which voice. */
function voiceOf(voiceId: string | null): { ttsProvider?: string; voice?: string } {
  const [provider = "", voice] = voiceId?.split(":", 2) ?? [];
  const ttsProvider = PROVIDERS[provider];
  return ttsProvider && voice ? { ttsProvider, voice } : {};
}

/** Lets an incoming call ring: a pause that comes first is waited for before the call is taken. */
export function ringTwiml(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.pause({ length: RING_SECONDS });
  response.reject({ reason: "busy" });
  return response.toString();
}

export function rejectTwiml(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.reject({ reason: "rejected" });
  return response.toString();
}

export function hangUpTwiml(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.hangup();
  return response.toString();
}

/** Silence, until the call is connected again. */
export function holdTwiml(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.pause({ length: HOLD_SECONDS });
  return response.toString();
}

/** Nothing to be sent back. */
export function emptyTwiml(): string {
  return new twilio.twiml.MessagingResponse().toString();
}
