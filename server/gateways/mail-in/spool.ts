import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { SMTPServerDataStream } from "smtp-server";
import type { Clock } from "#server/platform/clock.ts";
import { errorCode } from "#server/platform/error-code.ts";
import type { Envelope } from "./types.ts";

const PREFIX = "mail-in-";
const STALE_MS = 60 * 60_000; // longer than any mail stays in the spool

/** A name for one mail in transfer and where it goes; nothing is made yet. */
export function spoolPlace(spoolDir: string): { id: string; folder: string; rawPath: string } {
  const id = randomUUID();
  const folder = join(spoolDir, PREFIX + id);
  return { id, folder, rawPath: join(folder, "raw.eml") };
}

/** Removes a mail from the spool, also one that is gone already. */
export async function removeSpoolFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Removes what a killed process left: mail the peer never got a 250 for, so the peer sends it again. */
export async function sweepSpool(spoolDir: string, clock: Clock): Promise<void> {
  await mkdir(spoolDir, { recursive: true });
  for (const name of await readdir(spoolDir)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(spoolDir, name);
    const changedAt = await changeOf(folder);
    if (changedAt !== null && clock.now().getTime() - changedAt > STALE_MS) await removeSpoolFolder(folder);
  }
}

/** Null for what is gone: another process on the same folder takes mail meanwhile, and is done with it. */
async function changeOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Writes the DATA of one mail to a file in a new folder while it streams in, below `trace` (a header field with its
 * line ending). Bytes over the size limit are read and dropped. Resolves with the size of the file. Rejects when the
 * peer goes away or the stream is destroyed.
 */
export async function writeRawMail(stream: SMTPServerDataStream, path: string, trace: string): Promise<number> {
  let written = 0;
  await mkdir(dirname(path), { mode: 0o700 });
  await pipeline(
    stream,
    async function* (chunks: AsyncIterable<Buffer>) {
      written += Buffer.byteLength(trace);
      yield Buffer.from(trace);
      for await (const chunk of chunks) {
        if (stream.sizeExceeded) continue;
        written += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  );
  return written;
}

/** The trace field that RFC 5321 section 4.4 has a receiving server put on top of the mail. */
export function receivedField(envelope: Envelope, hostname: string, id: string, receivedAt: Date): string {
  const helo = envelope.helo.replace(/[^A-Za-z0-9.:[\]_-]/g, "?");
  const literal = envelope.remoteAddress.includes(":") ? `IPv6:${envelope.remoteAddress}` : envelope.remoteAddress;
  const date = receivedAt.toUTCString().replace("GMT", "+0000");
  const protocol = envelope.secure ? "ESMTPS" : "ESMTP";
  return `Received: from ${helo} ([${literal}])\r\n\tby ${hostname} with ${protocol} id ${id};\r\n\t${date}\r\n`;
}
