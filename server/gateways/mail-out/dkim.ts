import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import type { DkimKey } from "#server/domain/email/gateway.ts";

const newKeyPair = promisify(generateKeyPair);

/**
 * Makes the two signing keys of a domain: RSA-2048, which every verifier knows, and Ed25519 (RFC 8463).
 * Selectors: `anima-rsa`, `anima-ed25519`.
 */
export async function generateDkimKeys(domain: string): Promise<DkimKey[]> {
  const [rsa, ed25519] = await Promise.all([newKeyPair("rsa", { modulusLength: 2048 }), newKeyPair("ed25519")]);
  return [
    {
      domain,
      selector: "anima-rsa",
      algorithm: "rsa",
      privateKeyPem: toPem(rsa.privateKey),
      publicKeyDns: rsa.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    },
    {
      domain,
      selector: "anima-ed25519",
      algorithm: "ed25519",
      privateKeyPem: toPem(ed25519.privateKey),
      publicKeyDns: rawEd25519(ed25519.publicKey),
    },
  ];
}

function toPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** RFC 8463 4.2: the 32 octets of the key alone, not the SubjectPublicKeyInfo as with RSA. */
function rawEd25519(key: KeyObject): string {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
}

/**
 * The TXT records that a domain must publish for its keys (RFC 6376 3.6.1). A value over 255 octets (RSA) has to be
 * split into several strings of one record; DNS consoles do that by themselves.
 */
export function dkimDnsRecords(keys: DkimKey[]): { name: string; value: string }[] {
  return keys.map((key) => ({
    name: `${key.selector}._domainkey.${key.domain}`,
    value: `v=DKIM1; k=${key.algorithm}; p=${key.publicKeyDns}`,
  }));
}

/**
 * The mail with one DKIM-Signature per key in front. The same mail, keys and time give the same bytes: both
 * algorithms are deterministic (RSASSA-PKCS1-v1_5, EdDSA).
 * Throws when a key cannot sign: a mail that should be signed does not leave unsigned.
 */
export async function signMail(raw: Buffer, keys: DkimKey[], signedAt: Date): Promise<Buffer> {
  const [first, ...rest] = keys.map((key) => ({
    signingDomain: key.domain,
    selector: key.selector,
    privateKey: key.privateKeyPem,
  }));
  if (!first) return raw;
  // mailauth signs with `signatureData`; its types want the first key at the top level too, where it is not read.
  const signed = await dkimSign(raw, { ...first, signTime: signedAt, signatureData: [first, ...rest] });
  const [failure] = signed.errors;
  if (failure) throw new Error("A DKIM key could not sign the mail", { cause: failure });
  return Buffer.concat([Buffer.from(signed.signatures), raw]);
}
