import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";

/**
 * An authenticator in software: it makes one ES256 passkey and signs with it, as WebAuthn level 3 writes it, so that
 * tests of the server send real answers, and wrong ones.
 */
export class SoftAuthenticator {
  readonly #origin: string;
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #id = randomBytes(16);
  #userHandle = "";
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  create(options: PublicKeyCredentialCreationOptionsJSON) {
    this.#userHandle = options.user.id;
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    const coseKey = cborMap([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, "base64url")],
      [-3, Buffer.from(y, "base64url")],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, coseKey]);
    // User present, user verified, backup eligible: no; attested credential data: yes.
    const authData = Buffer.concat([this.#header(options.rp.id ?? "", 0x45), credential]);
    const attestationObject = cborMap([
      ["fmt", "none"],
      ["attStmt", cborMap([])],
      ["authData", authData],
    ]);
    return {
      id: this.#id.toString("base64url"),
      rawId: this.#id.toString("base64url"),
      type: "public-key" as const,
      response: {
        clientDataJSON: this.#clientData("webauthn.create", options.challenge).toString("base64url"),
        attestationObject: attestationObject.toString("base64url"),
        transports: ["internal"],
      },
      clientExtensionResults: {},
    };
  }

  get(options: PublicKeyCredentialRequestOptionsJSON) {
    this.#counter++;
    const authData = this.#header(options.rpId ?? "", 0x05);
    const clientData = this.#clientData("webauthn.get", options.challenge);
    const signed = Buffer.concat([authData, createHash("sha256").update(clientData).digest()]);
    const signature = createSign("sha256").update(signed).sign(this.#keys.privateKey);
    return {
      id: this.#id.toString("base64url"),
      rawId: this.#id.toString("base64url"),
      type: "public-key" as const,
      response: {
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: authData.toString("base64url"),
        signature: signature.toString("base64url"),
        userHandle: this.#userHandle,
      },
      clientExtensionResults: {},
    };
  }

  #header(rpId: string, flags: number): Buffer {
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags, 0);
    tail.writeUInt32BE(this.#counter, 1);
    return Buffer.concat([createHash("sha256").update(rpId).digest(), tail]);
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }
}

type Cbor = number | string | Buffer;

/** A CBOR map (RFC 8949) of small integers, short texts, byte strings and maps, which are Buffers that begin as one. */
function cborMap(entries: [Cbor, Cbor][]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, value]) => [cbor(key), cbor(value)])]);
}

function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  // An empty map is the only map that stands in another one here.
  if (value.length === 1 && value[0] === 0xa0) return value;
  return Buffer.concat([head(2, value.length), value]);
}

function head(type: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(type << 5) | length]);
  if (length < 256) return Buffer.from([(type << 5) | 24, length]);
  return Buffer.from([(type << 5) | 25, length >> 8, length & 255]);
}
