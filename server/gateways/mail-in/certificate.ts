import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { type Clock, systemClock } from "#server/platform/clock.ts";
import { errorCode } from "#server/platform/error-code.ts";

export type TlsCertificate = {
  /** Both PEM. */
  key: string;
  cert: string;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 365;
const RENEW_DAYS_BEFORE = 14;

/**
 * The certificate for STARTTLS when none is configured: self-made (RSA-2048), kept in `dataDir` as
 * smtp-key.pem (mode 0600) and smtp-cert.pem. Made anew when missing, damaged, for another hostname, or within 14 days of
 * its end. Senders use it opportunistically and do not verify it (RFC 7435).
 */
export async function loadOrCreateCertificate(
  dataDir: string,
  hostname: string,
  clock: Clock = systemClock,
): Promise<TlsCertificate> {
  const keyPath = join(dataDir, "smtp-key.pem");
  const certPath = join(dataDir, "smtp-cert.pem");
  const stored = await readPair(keyPath, certPath);
  if (stored && isUsable(stored, hostname, clock.now())) return stored;

  const made = await makeCertificate(hostname, clock.now());
  await mkdir(dataDir, { recursive: true });
  // The key first: a crash in between leaves a pair that does not match, which the next start replaces.
  await replaceFile(keyPath, made.key, 0o600);
  await replaceFile(certPath, made.cert, 0o644);
  return made;
}

async function readPair(keyPath: string, certPath: string): Promise<TlsCertificate | null> {
  try {
    const [key, cert] = await Promise.all([readFile(keyPath, "utf8"), readFile(certPath, "utf8")]);
    return { key, cert };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function isUsable(pair: TlsCertificate, hostname: string, now: Date): boolean {
  try {
    const certificate = new X509Certificate(pair.cert);
    const named = isIP(hostname) ? certificate.checkIP(hostname) : certificate.checkHost(hostname);
    const renewAt = Date.parse(certificate.validTo) - RENEW_DAYS_BEFORE * DAY_MS;
    return named !== undefined && renewAt > now.getTime() && certificate.checkPrivateKey(createPrivateKey(pair.key));
  } catch {
    return false; // not readable as PEM: damaged, so it is made anew
  }
}

async function makeCertificate(hostname: string, now: Date): Promise<TlsCertificate> {
  const name = isIP(hostname) ? { type: 7 as const, ip: hostname } : { type: 2 as const, value: hostname };
  const made = await generate([{ name: "commonName", value: hostname }], {
    keyType: "rsa", // senders that know no ECDSA still exist
    keySize: 2048,
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - DAY_MS), // peers whose clock is behind
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [name] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, content, { mode });
  await rename(temporary, path);
}
