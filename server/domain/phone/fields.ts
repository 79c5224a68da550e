import { z } from "zod";
import { normalizeNumber } from "./places/number.ts";

/** A telephone number as people write it; what a verb sees is E.164. Without a country it is one of North America. */
export const phoneNumber = z
  .string()
  .max(40)
  .transform((text, context) => {
    const number = normalizeNumber(text);
    if (number !== null) return number;
    context.addIssue({ code: "custom", message: "must be a telephone number with its country, such as +14155550142." });
    return z.NEVER;
  });

/** Free text of a line. */
export const note = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, "must be one line without control characters.");
