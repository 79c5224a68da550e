import { hostname } from "node:os";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import type { Config } from "#server/platform/config.ts";
import type { LocalDelivery } from "./mail-in/local-delivery.ts";
import type { MailTransport } from "./mail-out/delivery.ts";
import { createDirectTransport } from "./mail-out/direct-transport.ts";
import { createRelayTransport } from "./mail-out/relay-transport.ts";
import { nextAttemptDelaySeconds } from "./mail-out/retry.ts";
import { mailWriter } from "./mail-out/writer.ts";

/**
 * How many mails a process delivers at once: a connection for each of its worker's jobs. A mail that waited for one would be
 * out of reach of the kill switch.
 */
export const MAX_DELIVERIES = 10;
/** The same of the mails that the server sends in its own name. */
export const MAX_SYSTEM_MAILS = 3;

/** The outside world of mail, made of the two gateways. */
export function createMailGateway(
  config: Config,
  here: LocalDelivery,
): { gateway: MailGateway; close(): Promise<void> } {
  const transport = createTransport(config);
  const gateway: MailGateway = {
    ...mailWriter,
    send: transport && ((mail) => transport.deliver(mail)),
    deliverHere: (mail) => here.deliver(mail),
    nextAttemptDelaySeconds,
  };
  return {
    gateway,
    async close() {
      await transport?.close();
    },
  };
}

function createTransport(config: Config): MailTransport | null {
  if (config.relayUrl === null) return null;
  if (config.relayUrl === "direct") return createDirectTransport({ hostname: hostname() });
  return createRelayTransport({ relayUrl: config.relayUrl, maxConnections: MAX_DELIVERIES + MAX_SYSTEM_MAILS });
}
