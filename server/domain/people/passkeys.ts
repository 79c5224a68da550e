import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Person } from "#server/platform/generated/client.ts";
import { requireRelyingParty } from "../console/passkeys.ts";
import { ticketToken } from "../console/sign-in-passkey.ts";
import { issueTicket, takeTicket } from "../console/tickets.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { displayName } from "../fields.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findSelf } from "./find.ts";
import { requireFresh } from "./fresh.ts";
import { ownAccount } from "./profile.ts";
import { recordForPerson } from "./record.ts";

const MAX_PASSKEYS = 20;
// COSE: EdDSA, ES256, RS256. What the library offers by itself depends on experimental parts of the runtime.
const ALGORITHMS = [-8, -7, -257];

/** What a browser needs to make a passkey. We ask for no extensions. */
type NewPasskeyQuestion = Omit<PublicKeyCredentialCreationOptionsJSON, "extensions">;

const base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/);
const passkeyId = base64url.min(1).max(1_400);

/** Begins the registration of a passkey: what the browser needs to make one. CONFLICT after twenty. */
export const beginPasskey = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({}),
  run: (ctx) => {
    requireFresh(ctx);
    return inTransaction(ctx, async (tx) => {
      const { services } = ctx;
      const person = await findSelf(ctx, tx);
      const known = await tx.passkey.findMany({ where: { personId: person.id }, take: MAX_PASSKEYS });
      if (known.length >= MAX_PASSKEYS) throw new DomainError("CONFLICT", `You have ${MAX_PASSKEYS} passkeys already.`);
      const options: NewPasskeyQuestion = await generateRegistrationOptions({
        rpName: "Anima",
        rpID: requireRelyingParty(services).id,
        userName: person.email,
        userDisplayName: person.name ?? person.email,
        userID: new Uint8Array(Buffer.from(person.id)),
        // Resident: it can be found without saying who one is. Verified: it is two factors in one.
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        supportedAlgorithmIDs: ALGORITHMS,
        excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
      });
      const { challenge } = options;
      const ticket = await issueTicket(services, tx, {
        purpose: "REGISTER",
        personId: person.id,
        method: null,
        challenge,
      });
      return { ticket, options };
    });
  },
});

/** What a browser's navigator.credentials.create answers, as @simplewebauthn/browser writes it. */
const NewPasskey = z.object({
  id: passkeyId,
  rawId: base64url,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
  clientExtensionResults: z.record(z.string(), z.unknown()),
});

/** Ends the registration: from now on the passkey opens the console. UNAUTHORIZED for an answer that does not fit. */
export const addPasskey = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ ticket: ticketToken, name: displayName, answer: NewPasskey }),
  run: (ctx, { ticket: token, name, answer }) =>
    inTransaction(ctx, async (tx) => {
      const { services } = ctx;
      const person = await findSelf(ctx, tx);
      const ticket = await takeTicket(services, tx, token, ["REGISTER"]);
      const credential = ticket.personId === person.id ? await verifyNew(ctx, ticket.challenge ?? "", answer) : null;
      if (!credential) throw new DomainError("UNAUTHORIZED", "The passkey does not fit what was asked. Begin again.");
      const [made] = await tx.passkey.createManyAndReturn({
        data: [
          {
            id: credential.id,
            personId: person.id,
            publicKey: new Uint8Array(credential.publicKey),
            counter: credential.counter,
            transports: answer.response.transports ?? [],
            name,
            createdAt: services.clock.now(),
          },
        ],
        skipDuplicates: true,
      });
      if (!made) throw new DomainError("CONFLICT", "This passkey is registered already.");
      await record(ctx, tx, person, "console.passkey.added", name);
      return { id: made.id, name };
    }),
});

async function verifyNew(ctx: Context, challenge: string, answer: z.output<typeof NewPasskey>) {
  const party = requireRelyingParty(ctx.services);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: answer as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause) => {
    ctx.services.log.info({ err: cause }, "a new passkey was refused");
    return { verified: false as const, registrationInfo: null };
  });
  return verified && registrationInfo ? registrationInfo.credential : null;
}

/** Gives a passkey another name. NOT_FOUND for one that is not the person's. */
export const renamePasskey = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ id: passkeyId, name: displayName }),
  run: (ctx, { id, name }) =>
    inTransaction(ctx, async (tx) => {
      const person = await findSelf(ctx, tx);
      const { count } = await tx.passkey.updateMany({ where: { id, personId: person.id }, data: { name } });
      if (count === 0) throw notFound("passkey");
      await record(ctx, tx, person, "console.passkey.renamed", name);
      return { id, name };
    }),
});

/** Removes a passkey: it opens nothing from now on. CONFLICT for the last one while it is the second factor. */
export const removePasskey = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ id: passkeyId }),
  run: (ctx, { id }) => {
    requireFresh(ctx);
    return inTransaction(ctx, async (tx) => {
      const person = await holdSelf(ctx, tx);
      const passkeys = await tx.passkey.findMany({ where: { personId: person.id } });
      const passkey = passkeys.find((one) => one.id === id);
      if (!passkey) throw notFound("passkey");
      if (person.secondFactor && passkeys.length === 1) {
        throw new DomainError("CONFLICT", "This is your last passkey: switch the second factor off first.");
      }
      await tx.passkey.delete({ where: { id } });
      await record(ctx, tx, person, "console.passkey.removed", passkey.name);
      return { success: true as const };
    });
  },
});

/** Switches on or off that password and code are followed by a passkey. CONFLICT without a passkey. */
export const setSecondFactor = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ enabled: z.boolean() }),
  run: (ctx, { enabled }) => {
    requireFresh(ctx);
    return inTransaction(ctx, async (tx) => {
      const person = await holdSelf(ctx, tx);
      if (person.secondFactor === enabled) return { enabled };
      if (enabled && !(await tx.passkey.findFirst({ where: { personId: person.id }, select: { id: true } }))) {
        throw new DomainError("CONFLICT", "Register a passkey first: it is what you are asked for.");
      }
      await tx.person.update({
        where: { id: person.id },
        data: { secondFactor: enabled, updatedAt: ctx.services.clock.now() },
      });
      await record(
        ctx,
        tx,
        person,
        enabled ? "console.second_factor.enabled" : "console.second_factor.disabled",
        person.email,
      );
      return { enabled };
    });
  },
});

/** The person who acts, their row held: passkeys and second factor must not change under a check of both. */
async function holdSelf(ctx: Context, tx: Transaction): Promise<Person> {
  const { id } = await findSelf(ctx, tx);
  await tx.$queryRaw`SELECT id FROM person WHERE id = ${id} FOR UPDATE`;
  return findSelf(ctx, tx);
}

function record(ctx: Context, tx: Transaction, person: Person, event: string, detail: string): Promise<void> {
  const change = { event, result: "SUCCESS", actor: "self", personal: { detail } } as const;
  return recordForPerson(ctx.services, tx, person.id, ctx, change);
}
