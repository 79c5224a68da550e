import { DomainError, invalidField } from "#server/domain/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** How deep arrays and objects may nest: far below what the stacks of our parsers and of the database hold. */
export const MAX_DEPTH = 100;

/** How many values a body may hold: 30 MiB of the smallest ones would hold up everybody for seconds. */
export const MAX_VALUES = 100_000;

/**
 * Parses a JSON body and refuses what two readers could understand differently: invalid UTF-8, a member twice in one
 * object (RFC 8259 section 4), `__proto__`, a number that a double does not hold exactly (RFC 7493 section 2.2), and text
 * that the database cannot hold (U+0000, half a surrogate pair).
 * BAD_REQUEST or VALIDATION_ERROR with details that name the place.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  refuseCostlyShape(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(error as SyntaxError);
  }
  const doubled = findDoubledMember(text);
  if (doubled !== null) throw invalidField(doubled, "stands twice in the same object; send it once.");
  refuseUnstorable(value);
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

/** Counts brackets and commas before anything is built: a few megabytes of them would make gigabytes of small objects. */
function refuseCostlyShape(text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = stringEnd(text, at);
      // A string without end is for the parser to refuse.
      if (at === -1) return;
    } else if (char === "[" || char === "{") {
      values++;
      if (++depth > MAX_DEPTH) throw invalidField("body", `is nested deeper than ${MAX_DEPTH} levels.`);
    } else if (char === "]" || char === "}") {
      depth--;
    } else if (char === "," && ++values > MAX_VALUES) {
      throw invalidField("body", `holds more than ${MAX_VALUES} values.`);
    }
  }
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
    if (char === '"') {
      const end = stringEnd(text, at);
      const level = expectKey ? levels.at(-1) : undefined;
      if (level?.members) {
        level.key = JSON.parse(text.slice(at, end + 1)) as string;
        if (level.members.has(level.key)) return levels.map((l) => (l.members ? l.key : l.index)).join(".");
        level.members.add(level.key);
        expectKey = false;
      }
      at = end;
    } else if (char === "{") {
      levels.push({ members: new Set(), key: "", index: 0 });
      expectKey = true;
    } else if (char === "[") {
      levels.push({ members: null, key: "", index: 0 });
      expectKey = false;
    } else if (char === "}" || char === "]") {
      levels.pop();
      expectKey = false;
    } else if (char === ",") {
      const level = levels.at(-1) as Level;
      level.index++;
      expectKey = level.members !== null;
    }
  }
  return null;
}

function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

const BACKSLASH = 0x5c;

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/**
 * Refuses, anywhere in a value, what PostgreSQL or canonical JSON cannot hold. VALIDATION_ERROR that names the place.
 *
 * @param path where the value stands; it is empty again afterwards
 */
export function refuseUnstorable(value: unknown, path: (string | number)[] = []): void {
  if (typeof value === "string") checkText(value, path);
  if (typeof value === "number") checkNumber(value, path);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkMember(value[index], index, path);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === "__proto__") throw invalidField(placeOf([...path, key]), "is not a name that a member may have.");
    checkText(key, path, "a member's name ");
    checkMember((value as Record<string, unknown>)[key], key, path);
  }
}

function checkMember(member: unknown, key: string | number, path: (string | number)[]): void {
  path.push(key);
  refuseUnstorable(member, path);
  path.pop();
}

function checkText(text: string, path: (string | number)[], what = ""): void {
  if (text.includes("\0")) throw invalidField(placeOf(path), `${what}contains the character U+0000.`);
  if (!text.isWellFormed()) throw invalidField(placeOf(path), `${what}contains half of a surrogate pair.`);
}

function checkNumber(number: number, path: (string | number)[]): void {
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return;
  throw invalidField(
    placeOf(path),
    `is a number beyond ${Number.MAX_SAFE_INTEGER}, which is not kept exactly; send it as text.`,
  );
}

function placeOf(path: readonly (string | number)[]): string {
  // A name that cannot be stored cannot be shown either.
  return path.length === 0
    ? "body"
    : path.map((key) => String(key).toWellFormed().replaceAll("\0", "\ufffd")).join(".");
}
