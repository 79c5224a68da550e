import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The installation's root key. Everything secret at rest is under a key derived from it for one purpose. */
export class RootKey {
  readonly #key: Buffer;
  // One entry a purpose, and purposes are named in the code.
  readonly #derived = new Map<string, Buffer>();

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    if (key.length !== 32) throw new RangeError("the root key has 32 bytes");
    this.#key = key;
  }

  static generate(): RootKey {
    return new RootKey(randomBytes(32));
  }

  /** Reads the form of ROOT_KEY: 32 bytes in base64 or hexadecimal. Null when it is neither. */
  static parse(text: string): RootKey | null {
    if (/^[0-9a-fA-F]{64}$/.test(text)) return new RootKey(Buffer.from(text, "hex"));
    if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
    const key = Buffer.from(text, "base64");
    return key.length === 32 ? new RootKey(key) : null;
  }

  /** For the key file (0600) alone. */
  export(): string {
    return this.#key.toString("base64");
  }

  #derive(purpose: string): Buffer {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync("sha256", this.#key, Buffer.alloc(0), `anima ${purpose}`, 32));
    this.#derived.set(purpose, key);
    return key;
  }

  /** AES-256-GCM under the purpose's key: iv, ciphertext, tag. */
  encrypt(purpose: string, plain: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#derive(purpose), iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws when the bytes were not made by encrypt under this root key and purpose. */
  decrypt(purpose: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed);
    const tagStart = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", this.#derive(purpose), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(tagStart));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tagStart)), decipher.final()]);
  }

  /** HMAC-SHA-256 under the purpose's key. */
  mac(purpose: string, text: string): Buffer {
    return createHmac("sha256", this.#derive(purpose)).update(text).digest();
  }
}
