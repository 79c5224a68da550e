import { DomainError, invalidField } from "#server/domain/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses a JSON body and refuses what two readers could understand differently: invalid UTF-8, a member twice in one
 * object (RFC 8259 section 4), `__proto__`, and text that the database can not hold (U+0000, half a surrogate pair).
 * BAD_REQUEST or VALIDATION_ERROR with details that name the place.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(error as SyntaxError);
  }
  const doubled = findDoubledMember(text);
  if (doubled !== null) throw invalidField(doubled, "stands twice in the same object; send it once.");
  // Only escapes can hide what the plain text does not show.
  if (text.includes("__proto__") || text.includes("\\u")) {
    refuseProto(value, "");
    refuseUnstorable(value, "");
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DomainError("BAD_REQUEST", "The body is not valid UTF-8.", { details: { field: "body" } });
  }
}

function malformed(error: SyntaxError): DomainError {
  const position = /position (\d+)/.exec(error.message)?.[1];
  const where = position === undefined ? "" : ` at position ${position}`;
  return new DomainError("BAD_REQUEST", `The body is not valid JSON${where}.`, {
    details: { field: "body", ...(position === undefined ? {} : { position: Number(position) }) },
  });
}

/**
 * The path of a member that stands twice in one object. The text is known to be valid JSON, so that only strings,
 * brackets and commas matter; strings are skipped with indexOf, which keeps large bodies cheap.
 */
export function findDoubledMember(text: string): string | null {
  type Level = { members: Set<string> | null; key: string; index: number };
  const levels: Level[] = [];
  let expectKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const level = levels.at(-1);
    if (char === "{") {
      levels.push({ members: new Set(), key: "", index: 0 });
      expectKey = true;
    } else if (char === "[") {
      levels.push({ members: null, key: "", index: 0 });
      expectKey = false;
    } else if (char === "}" || char === "]") {
      levels.pop();
      expectKey = false;
    } else if (char === "," && level) {
      level.index++;
      expectKey = level.members !== null;
    } else if (char === '"') {
      const end = stringEnd(text, at);
      if (expectKey && level?.members) {
        level.key = JSON.parse(text.slice(at, end + 1)) as string;
        if (level.members.has(level.key)) return levels.map((l) => (l.members ? l.key : l.index)).join(".");
        level.members.add(level.key);
        expectKey = false;
      }
      at = end;
    }
  }
  return null;
}

function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function refuseProto(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__"))
    throw invalidField(join(path, "__proto__"), "is not a name that a member may have.");
  for (const [key, member] of Object.entries(value)) refuseProto(member, join(path, key));
}

/** Refuses strings that PostgreSQL or canonical JSON can not hold, anywhere in a value. VALIDATION_ERROR. */
export function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === "string") {
    if (value.includes("\0")) throw invalidField(path || "body", "contains the character U+0000.");
    if (!value.isWellFormed()) throw invalidField(path || "body", "contains half of a surrogate pair.");
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    refuseUnstorable(key, join(path, "(a member's name)"));
    refuseUnstorable(member, join(path, key));
  }
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
