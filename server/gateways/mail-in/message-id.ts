const MAX_ID_CHARS = 998; // a header line, RFC 5322 section 2.1.1
const MAX_IDS = 100;

/**
 * Reads message identifiers from a Message-ID, In-Reply-To or References value (RFC 5322 section 3.6.4): bare, each
 * once, in order. Without any <...>, words with an @ count, as some programs leave the brackets out. Of more than 100
 * the first and the newest 99 stay, as RFC 5537 section 3.4.4 shortens References.
 */
export function parseMessageIds(value: string): string[] {
  const bracketed = Array.from(value.matchAll(/<([^<>\s]+)>/g), (match) => match[1] ?? "");
  const words = value.split(/[\s,<>]+/).filter((word) => word.includes("@"));
  const found = bracketed.length > 0 ? bracketed : words;
  const ids = [...new Set(found.filter((id) => id.length > 0 && id.length <= MAX_ID_CHARS))];
  return ids.length > MAX_IDS ? [...ids.slice(0, 1), ...ids.slice(1 - MAX_IDS)] : ids;
}
