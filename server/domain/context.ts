import type { ActorType } from "#server/audit/record.ts";
import type { Clock, SettableClock } from "#server/platform/clock.ts";
import type { Config } from "#server/platform/config.ts";
import type { Database, Transaction } from "#server/platform/database.ts";
import type { Logger } from "#server/platform/log.ts";
import type { Quota } from "#server/platform/rate-limit.ts";
import type { RootKey } from "#server/platform/root-key.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { BudgetWatch } from "./billing/watch.ts";
import type { Blobs } from "./blobs.ts";
import type { Directory } from "./directory.ts";
import type { MailWriter } from "./email/gateway.ts";
import { DomainError } from "./errors.ts";
import type { Role } from "./members/roles.ts";
import type { PaymentProvider } from "./payments/provider.ts";
import type { Carrier, CarrierSink } from "./phone/carrier.ts";

/** Who acts. `agent`, `master` and `service` hold a key; `console` is a person who signed in. */
export type Principal =
  | { kind: "agent"; orgId: string; tier: Tier; agentId: string; keyId: string; scopes: readonly string[] }
  | { kind: "master"; orgId: string; tier: Tier; keyId: string; scopes: readonly string[] }
  | { kind: "service"; orgId: string; tier: Tier; keyId: string; scopes: readonly string[] }
  | ConsolePrincipal
  | { kind: "anonymous"; address: string };

/** A person at the console. Without a member it is whoever holds the master key or a link: an owner. */
export type ConsolePrincipal = {
  kind: "console";
  orgId: string;
  tier: Tier;
  sessionId: string;
  /** When the session was opened. */
  since: Date;
  role: Role;
  member: { id: string; personId: string } | null;
};

/** A principal that presented a key. */
export type KeyHolder = Extract<Principal, { keyId: string }>;

/** What every verb may use of the process. */
export type Services = {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
  rootKey: RootKey;
  blobs: Blobs;
  mailWriter: MailWriter;
  directory: Directory;
  /** Who collects invoices. */
  payments: PaymentProvider;
  /** Who carries calls and messages. */
  carrier: Carrier;
  /** Where what the carrier tells is brought. */
  carrierNews: CarrierSink;
  /** `clock`, where it may be set by requests: only the sandbox's. */
  testClock: SettableClock | null;
  /** Warns of limits that are being used up. */
  budgetWatch: Pick<BudgetWatch, "touch">;
  /** Takes one of the self sign-ups that a network address may make in an hour. */
  signUpLimit(address: string): Promise<Quota>;
  /** Takes one of the dials that an organisation may make in a second. */
  dialLimit(orgId: string): Promise<Quota>;
};

/** The claim that a request with an Idempotency-Key makes; see idempotency/. */
export type IdempotencyClaim = {
  scope: string;
  principal: string;
  key: string;
  /** SHA-256 of method, path, query and body. */
  fingerprint: Buffer;
};

/** The circumstances of one action. */
export type Context = {
  services: Services;
  principal: Principal;
  requestId: string | null;
  /** The client's address, where the action came over the network. */
  clientAddress?: string;
  correlationId: string;
  /** Whether the caller named the correlation id (then it wins over an inherited one). */
  correlationGiven: boolean;
  /** The transaction that the action belongs to, where one is already open. */
  tx?: Transaction;
  /** Set where the verb itself stores the claim, in its one statement. */
  claim?: IdempotencyClaim;
};

/** The organisation that the principal acts in. UNAUTHORIZED where it has none. */
export function orgOf(ctx: Context): string {
  if (ctx.principal.kind === "anonymous") {
    throw new DomainError("UNAUTHORIZED", "This needs an API key.");
  }
  return ctx.principal.orgId;
}

/** Who acts, in the words of the audit log. */
function actorOf(ctx: Context): { actorType: ActorType; actorId: string } {
  const { principal } = ctx;
  switch (principal.kind) {
    case "agent":
      return { actorType: "AGENT", actorId: principal.agentId };
    case "master":
    case "service":
      return { actorType: "API_KEY", actorId: principal.keyId };
    case "console":
      return { actorType: "USER", actorId: principal.member?.id ?? principal.sessionId };
    case "anonymous":
      return { actorType: "SYSTEM", actorId: principal.kind };
  }
}

/** The fields that every event of this action shares. */
export function eventBase(ctx: Context): {
  actorType: ActorType;
  actorId: string;
  requestId: string | null;
  correlationId: string;
} {
  return { ...actorOf(ctx), requestId: ctx.requestId, correlationId: ctx.correlationId };
}

/** Continues the chain of what is answered, unless the caller named a chain itself. */
export function inheritCorrelation(ctx: Context, correlationId: string): void {
  if (!ctx.correlationGiven) ctx.correlationId = correlationId;
}
