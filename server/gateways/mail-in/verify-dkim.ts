import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

export type DkimInput = {
  rawPath: string;
  /** The header fields, signatures that are not to be tried left out. */
  header: Uint8Array;
  /** Where the body starts in the raw file; null when there is no signature and the body need not be read. */
  bodyOffset: number | null;
  /** TXT answers for the signatures' keys, by lower-case name; a string is the code of a DNS error. */
  keys: Record<string, string[][] | string>;
  now: Date;
};

export type DkimOutcome = {
  /** Every address of the From fields. */
  headerFrom: string[];
  signatures: { domain: string; result: string; aligned: boolean; undersized: boolean; bodyHashMatches: boolean }[];
};

/** Checks DKIM signatures (RFC 6376) with mailauth and keys that were looked up before. Runs in a worker: it hashes the whole body. */
export async function verifyDkim(input: DkimInput): Promise<DkimOutcome> {
  const resolver = async (name: string): Promise<string[][]> => {
    const answer = input.keys[name.toLowerCase()] ?? "ENOTFOUND";
    if (typeof answer === "string") throw Object.assign(new Error(`DNS ${answer}`), { code: answer });
    return answer;
  };
  const outcome = await dkimVerify(Readable.from(source(input)), { resolver, curTime: input.now });
  return {
    headerFrom: outcome.headerFrom,
    signatures: outcome.results
      .filter((entry) => entry.signingDomain)
      .map((entry) => ({
        domain: entry.signingDomain,
        result: entry.status.result,
        aligned: Boolean(entry.status.aligned),
        undersized: Boolean(entry.status.underSized),
        bodyHashMatches: entry.status.comment !== "body hash did not verify",
      })),
  };
}

async function* source(input: DkimInput): AsyncGenerator<Uint8Array> {
  yield input.header;
  if (input.bodyOffset === null) return;
  // Signers hash CRLF line endings. mailauth also repairs bare LF, but handles each such line apart, which is slow.
  let endsWithCr = false;
  for await (const chunk of createReadStream(input.rawPath, { start: input.bodyOffset })) {
    yield withCrlf(chunk as Buffer, endsWithCr);
    endsWithCr = (chunk as Buffer).at(-1) === 0x0d;
  }
}

/** Puts a CR before each LF that has none. `afterCr` tells whether the chunk before ended with a CR. */
export function withCrlf(chunk: Buffer, afterCr: boolean): Buffer {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let lf = chunk.indexOf(0x0a); lf >= 0; lf = chunk.indexOf(0x0a, lf + 1)) {
    const hasCr = lf === 0 ? afterCr : chunk[lf - 1] === 0x0d;
    if (hasCr) continue;
    pieces.push(chunk.subarray(start, lf), CR);
    start = lf;
  }
  if (pieces.length === 0) return chunk;
  pieces.push(chunk.subarray(start));
  return Buffer.concat(pieces);
}

const CR = Buffer.from("\r");
