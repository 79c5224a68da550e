import { getClock, SandboxClock, setClock } from "#server/domain/sandbox/clock.ts";
import { Played, playHangUp, playInboundCall, playInboundSms, playSay } from "#server/domain/sandbox/play.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Sandbox";

/** Only there where the carrier is the sandbox. */
export const sandboxRoutes: RouteDefinition[] = [
  route("get", "/sandbox/clock", getClock, {
    tag,
    summary: "What the server takes for the time",
    response: SandboxClock,
  }),
  // It takes effect in this process when it is stored, so it has a transaction of its own.
  route("put", "/sandbox/clock", setClock, {
    tag,
    summary: "Set the server's clock, let it stand still, or return to the real time",
    response: SandboxClock,
    idempotency: "none",
  }),
  route("post", "/sandbox/inbound-sms", playInboundSms, {
    tag,
    summary: "Send a message to one of the organisation's numbers",
    response: Played,
    status: 201,
  }),
  route("post", "/sandbox/inbound-call", playInboundCall, {
    tag,
    summary: "Call one of the organisation's numbers",
    response: Played,
    status: 201,
  }),
  route("post", "/sandbox/calls/{id}/say", playSay, {
    tag,
    summary: "Say something, or press keys, at the other end of a call",
    response: Played,
  }),
  route("post", "/sandbox/calls/{id}/hang-up", playHangUp, {
    tag,
    summary: "Hang up at the other end of a call",
    response: Played,
  }),
];
