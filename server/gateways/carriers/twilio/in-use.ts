import type { IncomingMessage } from "node:http";
import type { Services } from "#server/domain/context.ts";
import type { TwilioConfig } from "#server/platform/config.ts";
import type { CarrierInUse, CarrierParts } from "../create.ts";
import { isSigned } from "./callbacks.ts";
import { twilioCarrier } from "./carrier.ts";
import { Relay } from "./relay.ts";
import { addressesOf } from "./twiml.ts";

/** Twilio with the connections that it makes to this process. */
export function twilioInUse(config: TwilioConfig, parts: CarrierParts): CarrierInUse {
  const { clock, peers, report } = parts;
  const { publicUrl } = parts.config;
  const signed = ({ url = "", headers }: IncomingMessage) => {
    const signature = headers["x-twilio-signature"];
    const address = `${publicUrl.replace(/^http/, "ws")}${url}`;
    return typeof signature === "string" && isSigned(config.authToken, signature, address, {});
  };
  const news = (told: Parameters<Services["carrierNews"]>[0]) => parts.services().carrierNews(told);
  const relay = new Relay({ isSigned: signed, peers, news, clock, report });
  const carrier = twilioCarrier({ config, addresses: addressesOf(publicUrl), relay, clock });
  return { carrier, sockets: [relay], close: () => relay.close() };
}
