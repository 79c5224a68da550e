import type { Services } from "#server/domain/context.ts";
import { CallbackForged, type Carrier, CarrierRefused } from "#server/domain/phone/carrier.ts";
import { answerCall, cancelSpeech, hangUp, hold, placeCall, sendDigits, speak } from "#server/domain/sandbox/calls.ts";
import { findByToken } from "#server/domain/sandbox/find.ts";
import { buyNumber, findNumber, releaseNumber, searchNumbers } from "#server/domain/sandbox/inventory.ts";
import { sendMessage } from "#server/domain/sandbox/messages.ts";
import { outcomeOf } from "#server/domain/sandbox/outcomes.ts";

/** A telephone world without a network. What happens in it is told by the ticker, not by callbacks. */
export function sandboxCarrier(services: () => Services): Carrier {
  return {
    name: "sandbox",
    searchNumbers: (query) => searchNumbers(services(), query),
    buyNumber: (phoneNumber, order) => buyNumber(services(), phoneNumber, order),
    findNumber: (phoneNumber, { token }) => findNumber(services(), phoneNumber, token),
    releaseNumber: (providerId) => releaseNumber(services(), providerId),

    async lookUp(phoneNumber) {
      const { lookUpFails, reassigned } = outcomeOf(phoneNumber);
      if (lookUpFails) throw new CarrierRefused("look_up_failed", "the look-up does not answer", true);
      return { lineType: "mobile", reassigned, ported: false };
    },

    sendMessage: (order) => sendMessage(services(), order),
    findMessage: ({ token }) => findByToken(services(), "message", token),
    placeCall: (order) => placeCall(services(), order),
    findCall: ({ token }) => findByToken(services(), "call", token),
    answerCall: (carrierId, call) => answerCall(services(), carrierId, call),
    rejectCall: (carrierId) => hangUp(services(), carrierId, "rejected"),
    hangUp: (carrierId) => hangUp(services(), carrierId, "agent_hangup"),
    sendDigits: (carrierId) => sendDigits(services(), carrierId),
    speak: (carrierId, piece) => speak(services(), carrierId, piece),
    cancelSpeech: (carrierId) => cancelSpeech(services(), carrierId),
    hold: (carrierId, on) => hold(services(), carrierId, on),
    recording: async () => null,

    async readCallback() {
      throw new CallbackForged("the sandbox calls nobody back");
    },
  };
}
