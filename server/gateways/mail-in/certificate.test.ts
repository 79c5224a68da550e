import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ManualClock } from "#server/platform/clock.ts";
import { loadOrCreateCertificate } from "./certificate.ts";

let folder: string;
const clock = () => new ManualClock(new Date("2026-01-01T00:00:00Z"));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-certificate-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("makes a certificate for the hostname, with a key only the owner can read, and keeps it", async () => {
  const dataDir = join(folder, "data");
  const made = await loadOrCreateCertificate(dataDir, "mx.anima.test", clock());
  expect(new X509Certificate(made.cert).checkHost("mx.anima.test")).toBe("mx.anima.test");
  expect((await stat(join(dataDir, "smtp-key.pem"))).mode & 0o777).toBe(0o600);
  expect(await loadOrCreateCertificate(dataDir, "mx.anima.test", clock())).toEqual(made);
});

it("makes a new one shortly before the old one ends", async () => {
  const time = clock();
  const first = await loadOrCreateCertificate(folder, "mx.anima.test", time);
  time.advanceSeconds(350 * 86_400);
  expect(await loadOrCreateCertificate(folder, "mx.anima.test", time)).toEqual(first);
  time.advanceSeconds(2 * 86_400);
  const second = await loadOrCreateCertificate(folder, "mx.anima.test", time);
  expect(second.cert).not.toBe(first.cert);
  expect(Date.parse(new X509Certificate(second.cert).validTo)).toBeGreaterThan(time.now().getTime() + 300 * 86_400_000);
});

it("makes a new one for another hostname, also an address", async () => {
  await loadOrCreateCertificate(folder, "mx.anima.test", clock());
  const other = await loadOrCreateCertificate(folder, "127.0.0.1", clock());
  expect(new X509Certificate(other.cert).checkIP("127.0.0.1")).toBe("127.0.0.1");
});

it("replaces a damaged or mismatched pair", async () => {
  const first = await loadOrCreateCertificate(folder, "mx.anima.test", clock());
  await writeFile(join(folder, "smtp-cert.pem"), "garbage");
  const second = await loadOrCreateCertificate(folder, "mx.anima.test", clock());
  await writeFile(join(folder, "smtp-key.pem"), first.key);
  const third = await loadOrCreateCertificate(folder, "mx.anima.test", clock());
  expect(new Set([first.cert, second.cert, third.cert]).size).toBe(3);
  expect(await readFile(join(folder, "smtp-key.pem"), "utf8")).toBe(third.key);
});
