import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { CallbackForged, type CallbackRequest } from "#server/domain/phone/carrier.ts";

const TOLERANCE_MS = 300_000;
/** The DER form of an Ed25519 key is this and its 32 bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function publicKeyOf(base64: string): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, Buffer.from(base64, "base64")]);
  return createPublicKey({ key, format: "der", type: "spki" });
}

/** Telnyx signs `<timestamp>|<body>` with Ed25519. CallbackForged where that is wrong, or longer ago than five minutes. */
export function checkSignature({ headers, body }: CallbackRequest, key: KeyObject, now: Date): void {
  const timestamp = headers.get("telnyx-timestamp") ?? "";
  const signature = Buffer.from(headers.get("telnyx-signature-ed25519") ?? "", "base64");
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body]);
  const age = Math.abs(now.getTime() - Number(timestamp) * 1000);
  if (!/^\d{1,12}$/.test(timestamp) || age > TOLERANCE_MS || !verify(null, signed, key, signature)) {
    throw new CallbackForged("the signature is wrong or too old");
  }
}
