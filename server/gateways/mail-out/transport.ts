// What the rest of the server uses to hand mail over; the two transports stand in files of their own.
export type { Envelope, MailTransport, SmtpTimeouts } from "./delivery.ts";
export { createDirectTransport, type DirectOptions } from "./direct-transport.ts";
export type { RecipientOutcome } from "./outcome.ts";
export { createRelayTransport, type RelayOptions } from "./relay-transport.ts";
