import { z } from "zod";
import { canonicalZone, isTimeZone } from "./billing/periods.ts";

/** Fields that many verbs take. What comes in a query is text, so lists, numbers and booleans accept that too. */

export const id = z.string().min(1).max(64);

/** One value or several: `labels=a`, `labels=a&labels=b`, a JSON array. */
export function listOf<Item extends z.ZodType>(item: Item, max: number) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(max),
  );
}

/** `true`, `false`, or the same as text. */
export const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** An instant: ISO 8601 with a zone. A zone can move the end of the year 9999 to where four digits are not enough. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() < 10_000, "must be before the year 10000.");

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "must be a time zone of the IANA database, such as Europe/Berlin.")
  .transform(canonicalZone);

/** Free data of the caller's, kept as it is: at most 64 members and 16 KiB. */
export const metadata = z
  .record(z.string().max(128), z.unknown())
  .refine((value) => Object.keys(value).length <= 64, "must have at most 64 members.")
  .refine((value) => JSON.stringify(value).length <= 16_384, "must be at most 16 KiB of JSON.");

/** A name that people read: 1 to 100 characters, no control characters. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, "must not contain control characters.");

/** Lower-case letters, digits and hyphens: 2 to 64. */
export const slug = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9-]+$/, "must be lower-case letters, digits and hyphens.");

// What every write may carry besides (see the REST pipeline: the body may name the correlation id).
const CARRIED = ["correlationId", "correlation_id", "metadata"];

/** A body of which every field is known: a misspelt limit must not be taken for none. */
export function strictBody<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const strict = z.strictObject(shape);
  return z.preprocess((value) => {
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => name in shape || !CARRIED.includes(name)));
  }, strict);
}
