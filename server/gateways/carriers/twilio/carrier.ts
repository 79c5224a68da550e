import {
  type Accepted,
  type AvailableNumber,
  type BoughtNumber,
  type Carrier,
  CarrierRefused,
  type LookUp,
  type NumberCapability,
  type NumberQuery,
} from "#server/domain/phone/carrier.ts";
import type { Clock } from "#server/platform/clock.ts";
import type { TwilioConfig } from "#server/platform/config.ts";
import { readCallback } from "./callbacks.ts";
import { asked, twilioClient } from "./client.ts";
import type { Relay } from "./relay.ts";
import { type Addresses, holdTwiml, rejectTwiml, relayTwiml, type Speaker } from "./twiml.ts";

const RING_SECONDS = 30;
/** What a list is looked through for an order whose answer was lost. */
const LOOKED_AT = 50;
/** Twilio's clock and ours, at most. */
const SKEW_MS = 60_000;
const NO_SPEAKER = { greeting: null, voiceId: null, language: null };

type ForSale = { phoneNumber: string; capabilities: object; region: string };
type Parts = { config: TwilioConfig; addresses: Addresses; relay: Relay; clock: Clock };

/** Calls, messages and numbers by Twilio. Its API knows no idempotency: a lost answer is looked for before any repeat. */
export function twilioCarrier({ config, addresses, relay, clock }: Parts): Carrier {
  const client = twilioClient(config);
  /** Connects a call anew, since nothing else takes words back: what was being said ends. */
  const connect = async (carrierId: string, token: string | null, speaker: Speaker = NO_SPEAKER) =>
    void (await asked(client.calls(carrierId).update({ twiml: relayTwiml(addresses, token, speaker) })));
  const say = async (carrierId: string, order: Parameters<Relay["send"]>[1]) => {
    if (!(await relay.send(carrierId, order))) {
      throw new CarrierRefused("not_connected", "the call is not connected with this server", true);
    }
  };

  /** The number, where it is one of the account's; its name is the token that it was bought with. */
  const holding = async (phoneNumber: string) =>
    (await asked(client.incomingPhoneNumbers.list({ phoneNumber, limit: 1 })))[0];

  return {
    name: "twilio",

    async searchNumbers(query) {
      const list = client.availablePhoneNumbers(query.countryCode);
      const search = searchOf(query);
      const ask = (): Promise<ForSale[]> => {
        if (query.numberType === "toll_free") return list.tollFree.list(search);
        return query.numberType === "mobile" ? list.mobile.list(search) : list.local.list(search);
      };
      const found = await asked(ask()).catch((error) => {
        // A country or kind that Twilio does not sell.
        if (error instanceof CarrierRefused && error.code === "twilio_20404") return [];
        throw error;
      });
      return found.map(
        ({ phoneNumber, capabilities, region }): AvailableNumber => ({
          phoneNumber,
          numberType: query.numberType ?? "local",
          capabilities: capabilitiesOf(capabilities),
          region: region || null,
          monthlyCents: null,
        }),
      );
    },

    async buyNumber(phoneNumber, { token }) {
      const held = await holding(phoneNumber);
      if (held && held.friendlyName !== token) {
        throw new CarrierRefused("not_available", "the number is not to be had", false);
      }
      const bought =
        held ??
        (await asked(
          client.incomingPhoneNumbers.create({
            phoneNumber,
            friendlyName: token,
            voiceUrl: addresses.callback("incoming-call"),
            voiceMethod: "POST",
            statusCallback: addresses.callback("call-status"),
            statusCallbackMethod: "POST",
            smsUrl: addresses.callback("incoming-message"),
            smsMethod: "POST",
          }),
          true,
        ));
      return toBought(bought);
    },

    async findNumber(phoneNumber, { token }) {
      const held = await holding(phoneNumber);
      return held?.friendlyName === token ? toBought(held) : null;
    },

    async releaseNumber(providerId) {
      await asked(client.incomingPhoneNumbers(providerId).remove()).catch(unlessGone);
    },

    async lookUp(phoneNumber, consentDate) {
      const lastVerifiedDate = consentDate.toISOString().slice(0, 10).replaceAll("-", "");
      const fields = "line_type_intelligence,reassigned_number";
      const found = await asked(client.lookups.v2.phoneNumbers(phoneNumber).fetch({ fields, lastVerifiedDate }));
      return toLookUp(found.lineTypeIntelligence, found.reassignedNumber);
    },

    async sendMessage({ token, from, to, body, mediaUrls }) {
      const message = await asked(
        client.messages.create({
          from,
          to,
          body,
          ...(mediaUrls.length > 0 ? { mediaUrl: mediaUrls } : {}),
          statusCallback: addresses.callback("message-status", { token }),
        }),
        true,
      );
      return { carrierId: message.sid };
    },

    async findMessage({ from, to, body }, since) {
      const sent = await asked(client.messages.list({ from, to, limit: LOOKED_AT }));
      return earliest(
        sent.filter((message) => message.body === body),
        since,
      );
    },

    async placeCall({ token, from, to, maxSeconds, ...speaker }) {
      const call = await asked(
        client.calls.create({
          from,
          to,
          twiml: relayTwiml(addresses, token, speaker),
          timeout: RING_SECONDS,
          timeLimit: maxSeconds,
          statusCallback: addresses.callback("call-status", { token }),
          statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
          statusCallbackMethod: "POST",
        }),
        true,
      );
      return { carrierId: call.sid };
    },

    async findCall({ from, to }, since) {
      return earliest(await asked(client.calls.list({ from, to, limit: LOOKED_AT })), since);
    },

    answerCall: (carrierId, { token, ...speaker }) => connect(carrierId, token, speaker),
    async rejectCall(carrierId) {
      await asked(client.calls(carrierId).update({ twiml: rejectTwiml() })).catch(unlessGone);
    },
    async hangUp(carrierId) {
      await asked(client.calls(carrierId).update({ status: "completed" })).catch(unlessGone);
    },
    sendDigits: (carrierId, digits) => say(carrierId, { type: "sendDigits", digits }),
    speak: (carrierId, { turnId, text, last }) => say(carrierId, { type: "text", token: text, last, turnId }),
    cancelSpeech: (carrierId) => connect(carrierId, null),
    async hold(carrierId, on) {
      if (!on) return connect(carrierId, null);
      await asked(client.calls(carrierId).update({ twiml: holdTwiml() }));
    },

    async recording(carrierId) {
      const [found] = await asked(client.calls(carrierId).recordings.list({ limit: 1 }));
      if (!found) return null;
      const url = `https://api.twilio.com${found.uri.replace(/\.json$/, ".wav")}`;
      return { url, durationSeconds: found.duration === "-1" ? null : Number(found.duration) };
    },

    async readCallback(request) {
      const { authToken, accountSid } = config;
      return readCallback(request, { authToken, accountSid, addresses, clock });
    },
  };
}

function toBought(number: { phoneNumber: string; sid: string; capabilities: object }): BoughtNumber {
  const { phoneNumber, sid: providerId, capabilities } = number;
  return { phoneNumber, providerId, capabilities: capabilitiesOf(capabilities) };
}

function searchOf({ areaCode, contains, capabilities, limit }: NumberQuery) {
  return {
    limit,
    ...(areaCode === null ? {} : { areaCode: Number(areaCode) }),
    ...(contains === null ? {} : { contains }),
    ...(capabilities.includes("sms") ? { smsEnabled: true } : {}),
    ...(capabilities.includes("mms") ? { mmsEnabled: true } : {}),
    ...(capabilities.includes("voice") ? { voiceEnabled: true } : {}),
  };
}

function capabilitiesOf(has: object): NumberCapability[] {
  // Of numbers for sale Twilio writes SMS and MMS in capitals.
  const names = Object.entries(has).flatMap(([name, there]) => (there === true ? [name.toLowerCase()] : []));
  return (["sms", "mms", "voice"] as const).filter((name) => names.includes(name));
}

const LINE_TYPES: Record<string, LookUp["lineType"]> = {
  landline: "landline",
  mobile: "mobile",
  fixedVoip: "voip",
  nonFixedVoip: "voip",
  tollFree: "toll_free",
};

/** CarrierRefused where the look-up has an error of its own in place of an answer. */
function toLookUp(line: unknown, reassigned: unknown): LookUp {
  const { type } = (line ?? {}) as { type?: string };
  const { isNumberReassigned: said, errorCode } = (reassigned ?? {}) as {
    isNumberReassigned?: string;
    errorCode?: string | null;
  };
  if (errorCode || !said) {
    throw new CarrierRefused(`twilio_${errorCode ?? "no_answer"}`, "the look-up failed", true);
  }
  const known = said === "yes" || said === "no" ? said : "no_data";
  return { lineType: LINE_TYPES[type ?? ""] ?? "unknown", reassigned: known, ported: null };
}

/** The first one that was made since. */
function earliest(made: { sid: string; dateCreated: Date }[], since: Date): Accepted | null {
  const recent = made.filter(({ dateCreated }) => dateCreated.getTime() >= since.getTime() - SKEW_MS);
  const [first] = recent.toSorted((a, b) => a.dateCreated.getTime() - b.dateCreated.getTime());
  return first ? { carrierId: first.sid } : null;
}

/** A number or call that is not there, or over: what was wanted. */
function unlessGone(error: unknown): void {
  const gone = ["twilio_20404", "twilio_21220"];
  if (!(error instanceof CarrierRefused && gone.includes(error.code))) throw error;
}
