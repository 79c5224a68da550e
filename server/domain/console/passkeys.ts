import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { generateAuthenticationOptions, verifyAuthenticationResponse } from "@simplewebauthn/server";
import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Passkey } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { relyingParty } from "./relying-party.ts";

const base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/);

/** What a browser's navigator.credentials.get answers, as @simplewebauthn/browser writes it. */
export const PasskeyAnswer = z.object({
  id: base64url.min(1).max(1_400),
  rawId: base64url,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
  clientExtensionResults: z.record(z.string(), z.unknown()),
});

/** What a browser needs to ask for a passkey. We ask for no extensions. */
export type PasskeyQuestion = Omit<PublicKeyCredentialRequestOptionsJSON, "extensions">;

/** The server's name and origin for passkeys. CONFLICT where PUBLIC_URL allows none. */
export function requireRelyingParty(services: Services): { id: string; origin: string } {
  const party = relyingParty(services.config);
  if (party) return party;
  throw new DomainError("CONFLICT", "Passkeys need HTTPS and a host name in PUBLIC_URL (or localhost).");
}

/**
 * What a browser needs to ask for a passkey. Whoever uses one must also unlock it (user verification), so a passkey
 * alone is two factors: something they have, and a finger, face or PIN.
 *
 * @param of the passkeys that are wanted; without it the browser offers those that it knows for this server
 */
export function passkeyQuestion(
  services: Services,
  of?: Pick<Passkey, "id" | "transports">[],
): Promise<PasskeyQuestion> {
  return generateAuthenticationOptions({
    rpID: requireRelyingParty(services).id,
    userVerification: "required",
    ...(of ? { allowCredentials: of.map(({ id, transports }) => ({ id, transports })) } : {}),
  });
}

/** The passkey that has signed the challenge; null when none of ours has. Notes its use, in the caller's transaction. */
export async function verifyPasskey(
  services: Services,
  tx: Transaction,
  challenge: string,
  answer: z.output<typeof PasskeyAnswer>,
): Promise<Passkey | null> {
  const party = requireRelyingParty(services);
  // Held, so that a copy of the answer that comes at the same instant meets the counter that this one sets.
  await tx.$queryRaw`SELECT id FROM passkey WHERE id = ${answer.id} FOR UPDATE`;
  const passkey = await tx.passkey.findUnique({ where: { id: answer.id } });
  if (!passkey) return null;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.counter),
      transports: passkey.transports,
    },
  }).catch((cause) => {
    // The library throws for everything that does not fit: another origin, another challenge, a counter that went back.
    services.log.info({ err: cause }, "a passkey was refused");
    return { verified: false as const, authenticationInfo: null };
  });
  if (!verified || !authenticationInfo) return null;
  return tx.passkey.update({
    where: { id: passkey.id },
    data: { counter: authenticationInfo.newCounter, lastUsedAt: services.clock.now() },
  });
}
