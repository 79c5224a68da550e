import type { Services } from "#server/domain/context.ts";
import type { Carrier } from "#server/domain/phone/carrier.ts";
import type { Clock } from "#server/platform/clock.ts";
import type { Config } from "#server/platform/config.ts";
import type { Peers } from "#server/platform/peers.ts";
import type { SocketRoute } from "#server/platform/socket-route.ts";
import { sandboxCarrier } from "./sandbox/carrier.ts";

export type CarrierParts = {
  config: Config;
  clock: Clock;
  services: () => Services;
  /** Reaches whichever process a call is connected with. */
  peers: Peers;
  report: (error: unknown) => void;
};

export type CarrierInUse = {
  carrier: Carrier;
  /** Where the carrier connects to. */
  sockets: SocketRoute[];
  close(): void;
};

/** The carrier that CARRIER names. The clients of the others take a second to load, and are not. */
export async function createCarrier(parts: CarrierParts): Promise<CarrierInUse> {
  const { config, clock, services } = parts;
  const { carrier } = config;
  if (carrier.name === "twilio") {
    const { twilioInUse } = await import("./twilio/in-use.ts");
    return twilioInUse(carrier, parts);
  }
  if (carrier.name === "telnyx") {
    const { telnyxCarrier } = await import("./telnyx/carrier.ts");
    return withoutSockets(telnyxCarrier(carrier, config.publicUrl, clock));
  }
  return withoutSockets(sandboxCarrier(services));
}

function withoutSockets(carrier: Carrier): CarrierInUse {
  return { carrier, sockets: [], close: () => {} };
}
