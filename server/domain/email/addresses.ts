import { domainToASCII } from "node:url";

type MailAddress = { address: string; name: string | null };

const MAX_LOCAL_OCTETS = 64;
const MAX_ADDRESS_OCTETS = 254;
const MAX_NAME_LENGTH = 200;
const MAX_INPUT_LENGTH = 1000;

const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// Control characters end a header line; the direction overrides make a name show as another address.
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
// Characters with a meaning in an address list (RFC 5322 3.4): they may stand in a name only inside quotes.
const LIST_SPECIALS = /[<>,;:"\\@]/;

/**
 * Parses one address as API clients send it: `a@b.c`, `<a@b.c>`, `Name <a@b.c>` or `"Last, First" <a@b.c>`.
 * The domain comes back lower-cased and in ASCII (IDN to A-labels), the local part as it was written.
 * Null for anything else, also for a list, a group, a comment, a quoted local part, an address literal
 * (`a@[10.0.0.1]`) and a local part outside ASCII (RFC 6531, which few peers take).
 * Limits: local part 64, whole address 254 octets (RFC 5321 4.5.3.1).
 */
export function parseAddress(input: string): MailAddress | null {
  if (input.length > MAX_INPUT_LENGTH || UNSAFE.test(input) || !input.isWellFormed()) return null;
  const text = input.trim();
  if (!text.endsWith(">")) return withName(text, null);

  const open = text.lastIndexOf("<");
  if (open < 0) return null;
  const name = parseName(text.slice(0, open).trim());
  if (name === undefined) return null;
  return withName(text.slice(open + 1, -1), name);
}

function withName(text: string, name: string | null): MailAddress | null {
  const address = normaliseAddress(text);
  return address === null ? null : { address, name };
}

/** The display name, null when there is none, undefined when it is not one name. */
function parseName(text: string): string | null | undefined {
  if (text === "") return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/u.exec(text);
  if (!quoted && LIST_SPECIALS.test(text)) return undefined;
  const plain = quoted?.[1] === undefined ? text : quoted[1].replace(/\\(.)/gu, "$1");
  const name = plain.replace(/\s+/g, " ").trim();
  if (name.length > MAX_NAME_LENGTH) return undefined;
  return name === "" ? null : name;
}

function normaliseAddress(text: string): string | null {
  const at = text.lastIndexOf("@");
  if (at < 1) return null;
  const local = text.slice(0, at);
  const domain = normaliseDomain(text.slice(at + 1));
  if (domain === null || local.length > MAX_LOCAL_OCTETS || !DOT_ATOM.test(local)) return null;
  const address = `${local}@${domain}`;
  return address.length > MAX_ADDRESS_OCTETS ? null : address;
}

/** A host name in lower-case ASCII, null when it is none. One label alone is only taken as `localhost`. */
function normaliseDomain(text: string): string | null {
  const isAscii = /^[\x21-\x7e]*$/.test(text);
  // domainToASCII also rewrites plain ASCII (`1.2` becomes `1.0.0.2`), so only names that need it go through it.
  const domain = isAscii ? text.toLowerCase() : domainToASCII(text);
  const labels = domain.split(".");
  if (!labels.every((label) => LABEL.test(label))) return null;
  const top = labels.at(-1) ?? "";
  if (/^[0-9]+$/.test(top)) return null;
  return labels.length > 1 || domain === "localhost" ? domain : null;
}

/** The part after the last `@`, lower-cased. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Whether a mail domain has records to publish: the default one has no DNS (RFC 6761 section 6.3). */
export function hasDnsRecords(mailDomain: string): boolean {
  return !mailDomain.endsWith("localhost");
}
