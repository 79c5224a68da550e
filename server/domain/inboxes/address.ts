import { randomInt } from "node:crypto";
import { z } from "zod";
import { DomainError, invalidField } from "../errors.ts";

const MAX_LOCAL_PART = 64; // RFC 5321, 4.5.3.1.1

/** The part before the @: an RFC 5322 dot-atom of lower-case letters, digits, hyphens and underscores. */
export const localPart = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(MAX_LOCAL_PART)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, "must be letters, digits, hyphens, underscores and single dots.");

/** How an inbox is named in a path: by its id or its address. */
export const inboxId = z.string().min(1).max(320);

// The mailboxes of RFC 2142 that speak for the operator of a mail server, those by which certificates are issued (CA/B
// Forum baseline requirements, 3.2.2.4.4), and names that people take for the operator's.
const RESERVED = new Set(
  `abuse admin administrator billing bounce bounces daemon dmarc hostmaster it-security mailer-daemon no-reply noc nobody
  noreply operator owner postmaster privacy root security ssladmin ssladministrator sslwebmaster sysadmin system usenet
  uucp verify webmaster`.split(/\s+/),
);

/** Whether an agent may not have this local part. It is refused like one that is taken. */
export function isReserved(local: string): boolean {
  return RESERVED.has(local);
}

/**
 * The local part of an address on the server's own domain, or a bare local part.
 * VALIDATION_ERROR naming the field for another domain, or for what cannot be one.
 */
export function localPartOf(field: string, address: string, mailDomain: string): string {
  const at = address.lastIndexOf("@");
  if (at >= 0) requireOwnDomain(field, address.slice(at + 1), mailDomain);
  const parsed = localPart.safeParse(at >= 0 ? address.slice(0, at) : address);
  if (parsed.success) return parsed.data;
  throw invalidField(field, parsed.error.issues[0]?.message ?? "is not an e-mail address.");
}

/** VALIDATION_ERROR naming the field unless the domain is the server's own. */
export function requireOwnDomain(field: string, domain: string, mailDomain: string): void {
  if (domain.trim().toLowerCase() === mailDomain) return;
  throw invalidField(field, `must be on ${mailDomain}: this server has no other mail domain.`);
}

/** Names to try when one is wanted: itself, then with numbers, then with ones that nobody has. Each is at most 64 long. */
export function* nameCandidates(wanted: string): Generator<string> {
  yield wanted;
  for (const digits of [2, 2, 3, 3, 4, 4, 9, 9]) yield suffixed(wanted, digits);
}

function suffixed(wanted: string, digits: number): string {
  const suffix = randomInt(10 ** (digits - 1), 10 ** digits);
  return `${wanted.slice(0, MAX_LOCAL_PART - 1 - digits)}-${suffix}`;
}

/** 409 for an address that somebody has, had, or may not have. */
export function addressTaken(field: string, suggestions?: string[]): DomainError {
  return new DomainError("CONFLICT", `${field}: is taken. Choose another one.`, {
    details: { field, ...(suggestions ? { suggestions } : {}) },
  });
}
