import {
  type AvailableNumber,
  type BoughtNumber,
  type CallbackRequest,
  type Carrier,
  CarrierRefused,
  CarrierUnsure,
  type LookUp,
  type NumberCapability,
} from "#server/domain/phone/carrier.ts";
import type { Clock } from "#server/platform/clock.ts";
import type { TelnyxConfig } from "#server/platform/config.ts";
import { type CallPayload, readCall, readEvent, toNews } from "./callbacks.ts";
import { asked, telnyxClient } from "./client.ts";
import { checkSignature, publicKeyOf } from "./signature.ts";
import { readState, writeState } from "./state.ts";

const RING_SECONDS = 30;
/** What Telnyx speaks at once. */
const MAX_SPOKEN = 3_000;
const DEFAULT_VOICE = "AWS.Polly.Joanna-Neural";
/** A turn that ends without words ends with a pause that nobody hears. */
const NO_WORDS = { payload: '<speak><break time="10ms"/></speak>', payload_type: "ssml" as const };
/** Telnyx's records of messages are complete after so long. */
const RECORDED_MS = 15 * 60_000;

/** Calls, messages and numbers by Telnyx: Call Control and Messaging. Commands carry an id, so that a repeat is ignored. */
export function telnyxCarrier(config: TelnyxConfig, publicUrl: string, clock: Clock): Carrier {
  const client = telnyxClient(config);
  const { connectionId, messagingProfileId } = config;
  const key = publicKeyOf(config.publicKey);
  const webhook = (token: string) => `${publicUrl}/v1/carriers/telnyx?${new URLSearchParams({ token })}`;
  const { actions } = client.calls;

  /** When a call is answered, what is said is written down, and the greeting spoken. Told twice, it is done once. */
  async function begin({ call_control_id: id, client_state }: CallPayload): Promise<void> {
    const { token, greeting, voiceId, language } = readState(client_state);
    const start = { command_id: `${id}-transcription`, transcription_tracks: "inbound" };
    await asked(actions.startTranscription(id, start)).catch(unlessGone);
    if (greeting === undefined) return;
    const command = {
      payload: greeting,
      voice: voiceOf(voiceId ?? null),
      ...(language === undefined ? {} : { language: language as "en-US" }),
      command_id: `${id}-greeting`,
      client_state: writeState({ ...(token === undefined ? {} : { token }), greets: true }),
    };
    await asked(actions.speak(id, command)).catch(unlessGone);
  }

  /** Whether a number was ordered with a token, and the order has not failed. */
  async function isOrdered(token: string): Promise<boolean> {
    const made = await asked(client.numberOrders.list({ filter: { customer_reference: token } }));
    return made.data.some(({ status }) => status !== "failure");
  }

  return {
    name: "telnyx",

    async searchNumbers({ countryCode, areaCode, contains, capabilities, numberType, limit }) {
      const { data = [] } = await asked(
        client.availablePhoneNumbers.list({
          filter: {
            country_code: countryCode,
            limit,
            features: capabilities,
            ...(areaCode === null ? {} : { national_destination_code: areaCode }),
            ...(contains === null ? {} : { phone_number: { contains } }),
            ...(numberType === null ? {} : { phone_number_type: numberType }),
          },
        }),
      );
      return data.flatMap(({ phone_number: phoneNumber, features = [], region_information, cost_information }) => {
        if (!phoneNumber) return [];
        const cents = Math.round(Number(cost_information?.monthly_cost ?? Number.NaN) * 100);
        const found: AvailableNumber = {
          phoneNumber,
          numberType: numberType ?? "local",
          capabilities: capabilitiesOf(features),
          region: region_information?.find(({ region_type }) => region_type === "state")?.region_name ?? null,
          monthlyCents: Number.isNaN(cents) ? null : cents,
        };
        return [found];
      });
    },

    async buyNumber(phoneNumber, { token }) {
      if (!(await isOrdered(token))) {
        const order = {
          phone_numbers: [{ phone_number: phoneNumber }],
          connection_id: connectionId,
          messaging_profile_id: messagingProfileId,
          customer_reference: token,
        };
        await asked(client.numberOrders.create(order), true);
      }
      return toBought(phoneNumber);
    },

    async findNumber(phoneNumber, { token }) {
      return (await isOrdered(token)) ? toBought(phoneNumber) : null;
    },

    async releaseNumber(providerId) {
      const { data } = await asked(client.phoneNumbers.list({ filter: { phone_number: providerId } }));
      for (const { id } of data) await asked(client.phoneNumbers.delete(id)).catch(unlessGone);
    },

    /** Telnyx does not ask the database of reassigned numbers: there is no data. */
    async lookUp(phoneNumber) {
      const { data } = await asked(client.numberLookup.retrieve(phoneNumber, { type: "carrier" }));
      if (!data) throw new CarrierRefused("telnyx_no_answer", "the look-up failed", true);
      const ported = data.portability?.ported_status;
      return {
        lineType: LINE_TYPES[data.carrier?.type ?? ""] ?? "unknown",
        reassigned: "no_data",
        ported: ported === "Y" ? true : ported === "N" ? false : null,
      };
    },

    async sendMessage({ token, from, to, body, mediaUrls }) {
      const { data } = await asked(
        client.messages.send({
          from,
          to,
          text: body,
          messaging_profile_id: messagingProfileId,
          ...(mediaUrls.length > 0 ? { media_urls: mediaUrls } : {}),
          webhook_url: webhook(token),
          use_profile_webhooks: false,
        }),
        true,
      );
      return accepted(data?.id);
    },

    async findMessage({ token, from, to }, since) {
      const records = await asked(
        client.detailRecords.list({ filter: { record_type: "messaging", direction: "outbound", cli: from, cld: to } }),
      );
      const found = records.data.find((record) => {
        const { delivery_status_webhook_url: url } = record as { delivery_status_webhook_url?: string };
        return url === webhook(token);
      });
      const id = (found as { uuid?: string } | undefined)?.uuid;
      if (id) return { carrierId: id };
      if (clock.now().getTime() - since.getTime() > RECORDED_MS) return null;
      throw new CarrierUnsure("the records are not complete yet");
    },

    async placeCall({ token, from, to, maxSeconds, greeting, voiceId, language }) {
      const { data } = await asked(
        client.calls.dial({
          connection_id: connectionId,
          from,
          to,
          timeout_secs: RING_SECONDS,
          time_limit_secs: Math.max(maxSeconds, SHORTEST_LIMIT),
          webhook_url: webhook(token),
          command_id: token,
          client_state: stateOf({ token, greeting, voiceId, language }),
        }),
        true,
      );
      return accepted(data?.call_control_id);
    },

    async findCall({ token }) {
      const { data } = await asked(client.connections.listActiveCalls(connectionId));
      const found = data.find(({ client_state }) => readState(client_state).token === token);
      // One that is over already is not found; its repeat is ignored for its command's id.
      return found ? { carrierId: found.call_control_id } : null;
    },

    async answerCall(id, call) {
      const command = {
        client_state: stateOf(call),
        command_id: `${call.token}-answer`,
        webhook_url: webhook(call.token),
      };
      await asked(actions.answer(id, command));
    },
    async rejectCall(id) {
      await asked(actions.reject(id, { cause: "CALL_REJECTED", command_id: `${id}-reject` })).catch(unlessGone);
    },
    async hangUp(id) {
      await asked(actions.hangup(id, { command_id: `${id}-hangup` })).catch(unlessGone);
    },
    async sendDigits(id, digits) {
      await asked(actions.sendDtmf(id, { digits }));
    },
    async speak(id, { turnId, text, last, voiceId }) {
      const parts = text === "" ? [] : (text.match(new RegExp(`[\\s\\S]{1,${MAX_SPOKEN}}`, "gu")) ?? []);
      if (parts.length === 0 && !last) return;
      const commands = parts.length === 0 ? [NO_WORDS] : parts.map((payload) => ({ payload }));
      for (const [index, command] of commands.entries()) {
        const ends = last && index === commands.length - 1;
        const state = writeState(ends ? { turnId } : {});
        await asked(actions.speak(id, { ...command, voice: voiceOf(voiceId), client_state: state }));
      }
    },
    async cancelSpeech(id) {
      await asked(actions.stopPlayback(id, { stop: "all" }));
    },
    /** On hold nothing is written down, and nothing is said. */
    async hold(id, on) {
      if (!on) {
        await asked(actions.startTranscription(id, { transcription_tracks: "inbound" }));
        return;
      }
      await asked(actions.stopTranscription(id, {}));
      await asked(actions.stopPlayback(id, { stop: "all" }));
    },
    recording: async () => null,

    async readCallback(request: CallbackRequest) {
      checkSignature(request, key, clock.now());
      const event = readEvent(request);
      const news = toNews(event, request);
      if (event.event_type === "call.answered") await begin(readCall(event));
      return { news, answer: { status: 204, contentType: "application/json", body: "" } };
    },
  };
}

/** Telnyx refuses shorter limits, in seconds. */
const SHORTEST_LIMIT = 30;

const LINE_TYPES: Record<string, LookUp["lineType"]> = {
  "fixed line": "landline",
  mobile: "mobile",
  voip: "voip",
  "toll free": "toll_free",
};

/** Telnyx finds a number of the account by itself, and all of them can do all. */
function toBought(phoneNumber: string): BoughtNumber {
  return { phoneNumber, providerId: phoneNumber, capabilities: ["sms", "mms", "voice"] };
}

function capabilitiesOf(features: { name?: string }[]): NumberCapability[] {
  const names = features.map(({ name }) => name);
  return (["sms", "mms", "voice"] as const).filter((name) => names.includes(name));
}

function stateOf(call: {
  token: string;
  greeting: string | null;
  voiceId: string | null;
  language: string | null;
}): string {
  const { token, greeting, voiceId, language } = call;
  return writeState({
    token,
    ...(greeting === null ? {} : { greeting }),
    ...(voiceId === null ? {} : { voiceId }),
    ...(language === null ? {} : { language }),
  });
}

/** `aws-polly:Joanna`, or a name of Telnyx's own such as `Azure.en-CA-ClaraNeural`. */
function voiceOf(voiceId: string | null): string {
  if (voiceId?.startsWith("aws-polly:")) return `AWS.Polly.${voiceId.slice("aws-polly:".length)}`;
  return voiceId?.includes(".") ? voiceId : DEFAULT_VOICE;
}

function accepted(carrierId: string | undefined) {
  if (!carrierId) throw new CarrierUnsure("telnyx: an answer without an id");
  return { carrierId };
}

/** A call or number that is not there, or over: 10005 (not found), 90018 (no longer active). */
function unlessGone(error: unknown): void {
  const gone = ["telnyx_10005", "telnyx_90018", "telnyx_404"];
  if (!(error instanceof CarrierRefused && gone.includes(error.code))) throw error;
}
